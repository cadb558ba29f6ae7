import { parseArgs } from 'node:util';
import { EXIT, type ExitCode, UsageError } from '../command.js';
import type { Terminal } from '../terminal.js';
import { entryText } from './entry-text.js';
import { SPOOL_OPTIONS, withSpool } from './spool-options.js';

/** `mailroom queue show <id>` */
export async function showMail(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: SPOOL_OPTIONS,
    allowPositionals: true,
  });
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0) throw new UsageError('show: expected the id of one mail');
  const entry = await withSpool(values, terminal, (spool) => spool.get(id));
  if (!entry) {
    terminal.err(`${id}: there is no such mail, or none any more\n`);
    return EXIT.faults;
  }
  terminal.out(values.json ? `${JSON.stringify(entry, undefined, 2)}\n` : entryText(entry, terminal.now()));
  return EXIT.ok;
}
