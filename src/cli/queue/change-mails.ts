import { parseArgs } from 'node:util';
import type { MailSelection, QueueState } from '../../queue/mail-queue.js';
import { LIFETIME_MS } from '../../queue/queue-options.js';
import type { SqliteSpool } from '../../queue/spool/sqlite-spool.js';
import { EXIT, type ExitCode, UsageError } from '../command.js';
import { type Step, withProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';
import { FILTER_OPTIONS, filterOf } from './queue-filter.js';
import { SPOOL_OPTIONS, withSpool } from './spool-options.js';
import { mails } from './text.js';

const OPTIONS = {
  ...SPOOL_OPTIONS,
  ...FILTER_OPTIONS,
  all: { type: 'boolean', default: false },
} as const;

/** A change to queued mails. */
interface Change {
  readonly name: 'retry' | 'cancel';
  /** For the line of progress. */
  readonly doing: string;
  /** States in which a mail can be changed so. */
  readonly states: readonly QueueState[];
  /** Follows the number of changed mails. */
  readonly done: string;
  /** @returns the number of changed mails */
  readonly apply: (spool: SqliteSpool, which: MailSelection, now: Date) => Promise<number>;
}

/** `mailroom queue retry` */
export function retryMails(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  return change(args, terminal, {
    name: 'retry',
    doing: 'Making mails due',
    states: ['dead', 'ambiguous', 'expired'],
    done: 'again due; an application that runs takes them within seconds',
    apply: (spool, which, now) => spool.retry(which, new Date(now.getTime() + LIFETIME_MS)),
  });
}

/** `mailroom queue cancel` */
export function cancelMails(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  return change(args, terminal, {
    name: 'cancel',
    doing: 'Cancelling mails',
    states: ['waiting', 'ambiguous'],
    done: 'cancelled',
    apply: (spool, which) => spool.cancel(which),
  });
}

async function change(args: readonly string[], terminal: Terminal, what: Change): Promise<ExitCode> {
  const { values, positionals: ids } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  });
  const filter = filterOf(values, terminal.now(), what.states);
  checkChoice(what, ids.length > 0, Object.keys(filter).length > 0, values.all);
  return withSpool(values, terminal, async (spool) => {
    const asked: readonly MailSelection[] = ids.length > 0 ? ids.map((id) => ({ id })) : [filter];
    const counts = await withProgress(terminal, what.doing, (step) =>
      inTurn(asked, (which) => what.apply(spool, which, terminal.now()), step),
    );
    const count = counts.reduce((sum, changed) => sum + changed, 0);
    terminal.out(values.json ? `${JSON.stringify({ count })}\n` : `${mails(count)} ${what.done}\n`);
    const missed = ids.filter((_, index) => counts[index] === 0);
    for (const id of missed) terminal.err(`${await whyNot(spool, id, what)}\n`);
    return missed.length > 0 ? EXIT.faults : EXIT.ok;
  });
}

/** Requires ids, a filter or `--all`, so that a slip does not touch every mail. */
function checkChoice({ name }: Change, hasIds: boolean, hasFilter: boolean, all: boolean): void {
  const given = [hasIds && 'ids', hasFilter && 'a filter', all && '--all'].filter((part) => part !== false);
  if (given.length === 1) return;
  const found = given.length === 0 ? 'nothing' : given.join(' and ');
  throw new UsageError(`${name}: expected ids, or a filter such as --template, or --all; got ${found}`);
}

async function inTurn<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  step: Step,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) {
    results.push(await work(item));
    if (items.length > 1) step(results.length, items.length);
  }
  return results;
}

async function whyNot(spool: SqliteSpool, id: string, { states }: Change): Promise<string> {
  const entry = await spool.get(id);
  if (!entry) return `${id}: there is no such mail, or none any more`;
  return `${id}: expected a mail that is ${states.join(', ')}; it is ${entry.state}`;
}
