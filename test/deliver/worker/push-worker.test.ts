import { setTimeout as pause } from 'node:timers/promises';
import type { MailExtension } from 'nest-mailroom';
import { PAUSES } from '../../../src/transport/circuit-breaker.js';
import { MailError } from '../../../src/errors/mail-error.js';
import type {
  Claim,
  ConsumeOptions,
  Consumer,
  PushQueue,
  Settlement,
} from '../../../src/queue/mail-queue.js';
import { MemoryQueue } from '../../../src/queue/memory-queue.js';
import type { Transport } from '../../../src/transport/transport.js';
import { cleanup } from '../../support/application.js';
import { until } from '../../support/example-process.js';
import { queueing } from '../../support/queueing.js';

afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

const MINUTE = 60_000;

/** A queue that hands its mails out, as an extension may bring one. */
class HandingQueue extends MemoryQueue implements PushQueue {
  readonly #underWay = new Set<string>();
  #most = 0;
  #isStopped = false;

  consume(mailer: string, deliver: (claim: Claim) => Promise<Settlement>, options: ConsumeOptions): Consumer {
    this.#most = options.concurrency;
    const running = this.#run(mailer, deliver, options);
    return {
      setConcurrency: (most) => {
        this.#most = most;
      },
      stop: async () => {
        this.#isStopped = true;
        await running;
      },
    };
  }

  async #run(mailer: string, deliver: (claim: Claim) => Promise<Settlement>, options: ConsumeOptions) {
    while (!this.#isStopped || this.#underWay.size > 0) {
      const limit = this.#isStopped ? 0 : this.#most - this.#underWay.size;
      const now = new Date();
      const leasedUntil = new Date(now.getTime() + MINUTE);
      const claim = limit > 0 ? { mailer, limit, now, leasedUntil } : undefined;
      for (const given of (await this.exchange({ claim })).claims)
        void this.#handOut(given, deliver, options);
      await pause(1);
    }
  }

  async #handOut(
    claim: Claim,
    deliver: (claim: Claim) => Promise<Settlement>,
    { onSettled }: ConsumeOptions,
  ) {
    this.#underWay.add(claim.id);
    const settlement = await deliver(claim);
    await this.exchange({ settle: [{ id: claim.id, settlement }] });
    this.#underWay.delete(claim.id);
    onSettled(claim);
  }
}

const handing: MailExtension = {
  name: 'handing',
  queueDriver: 'bullmq',
  createQueue: ({ now }) => new HandingQueue(now),
};

test('a probe does not wait for mails that hang since before the fault', async () => {
  for (const name of ['first', 'longest'] as const) jest.replaceProperty(PAUSES, name, 20);
  const sent: string[] = [];
  let goOn: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let count = 0;
  const transport: Transport = {
    name: 'of the test',
    async send({ subject, messageId, envelope }) {
      count += 1;
      if (count <= 3) await hanging;
      if (count === 4) throw new MailError('transport-unavailable', 'down');
      sent.push(subject);
      return { messageId, transport: 'of the test', accepted: envelope.to, rejected: [], durationMs: 0 };
    },
    verify: async () => undefined,
    close: async () => undefined,
  };
  const { mail, queue } = await queueing(transport, { driver: 'bullmq' }, { use: [handing] });
  for (const subject of ['a', 'b', 'c', 'd']) {
    await mail.queue({ to: 'ada@example.test', subject, text: 'the body' });
    await until(() => count >= 1);
  }
  await until(() => sent.length === 1);
  expect(sent).toEqual(['d']);
  goOn();
  await queue.drain();
  expect(sent.toSorted()).toEqual(['a', 'b', 'c', 'd']);
});
