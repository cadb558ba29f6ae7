import { parseArgs } from 'node:util';
import { show } from '../../errors/config-report.js';
import { EXIT, type ExitCode, UsageError } from '../command.js';
import type { Terminal } from '../terminal.js';
import { entryTable } from './entry-table.js';
import { FILTER_OPTIONS, filterOf } from './queue-filter.js';
import { SPOOL_OPTIONS, withSpool } from './spool-options.js';

const OPTIONS = { ...SPOOL_OPTIONS, ...FILTER_OPTIONS, limit: { type: 'string' } } as const;
const DEFAULT_LIMIT = 100;

/** `mailroom queue ls` */
export async function listMails(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const filter = filterOf(values, terminal.now());
  const limit = limitOf(values.limit);
  const entries = await withSpool(values, terminal, (spool) => spool.list(filter, limit));
  if (values.json) {
    terminal.out(`${JSON.stringify(entries, undefined, 2)}\n`);
    return EXIT.ok;
  }
  if (entries.length > 0) terminal.out(entryTable(entries, terminal.now(), terminal.columns));
  else terminal.err('no mails\n');
  if (entries.length === limit) terminal.err(`the newest ${limit}; --limit shows more\n`);
  return EXIT.ok;
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit > 0) return limit;
  throw new UsageError(`--limit: expected a whole number from 1, got ${show(text)}`);
}
