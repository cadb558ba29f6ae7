import { contractCases, type ContractCase } from './contract.js';
import { CONTENT_CHECKS } from './queue/content-checks.js';
import { TURN_CHECKS } from './queue/turn-checks.js';
import { CLAIM_CHECKS } from './queue/claim-checks.js';
import { DATE_CHECKS } from './queue/date-checks.js';
import { OUTCOME_CHECKS } from './queue/outcome-checks.js';
import { KEY_CHECKS } from './queue/key-checks.js';
import { VIEW_CHECKS } from './queue/view-checks.js';
import { LIFE_CHECKS } from './queue/life-checks.js';
import { type QueueUnderTest, withTime } from './queue/queue-under-test.js';

/** Sets up one empty, open queue on a store of its own. */
export type QueueHarness = () => Promise<QueueUnderTest>;

/**
 * The promises of every queue, as cases for any test runner:
 * `for (const { title, run } of queueContract('mine', harness)) test(title, run)`. Each case gets a new queue.
 */
export function queueContract(name: string, harness: QueueHarness): readonly ContractCase[] {
  return contractCases(name, CHECKS, {
    setUp: async () => withTime(await harness()),
    tearDown: async ({ queue, remove }) => {
      await queue.close();
      await remove();
    },
  });
}

const CHECKS = [
  ...CONTENT_CHECKS,
  ...TURN_CHECKS,
  ...CLAIM_CHECKS,
  ...DATE_CHECKS,
  ...OUTCOME_CHECKS,
  ...KEY_CHECKS,
  ...VIEW_CHECKS,
  ...LIFE_CHECKS,
];
