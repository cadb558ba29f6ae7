import { parseArgs } from 'node:util';
import type { QueueStats } from '../../queue/mail-queue.js';
import { EXIT, type ExitCode } from '../command.js';
import type { Terminal } from '../terminal.js';
import { SPOOL_OPTIONS, withSpool } from './spool-options.js';
import { spanText } from './text.js';

/** `mailroom queue stats` */
export async function showStats(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: SPOOL_OPTIONS });
  const stats = await withSpool(values, terminal, (spool) => spool.stats());
  terminal.out(values.json ? `${JSON.stringify(stats, undefined, 2)}\n` : statsText(stats, terminal.now()));
  return EXIT.ok;
}

function statsText({ states, oldestDueAt }: QueueStats, now: Date): string {
  const rows = Object.entries(states).map(([state, count]): readonly [string, string] => [state, `${count}`]);
  const name = Math.max(...rows.map(([state]) => state.length));
  const number = Math.max(...rows.map(([, count]) => count.length));
  const lines = rows.map(([state, count]) => `${state.padEnd(name)}  ${count.padStart(number)}`);
  const late = oldestDueAt && `the oldest is due since ${spanText(now.getTime() - oldestDueAt.getTime())}`;
  return `${[...lines, ...(late === undefined ? [] : [late])].join('\n')}\n`;
}
