import { parseArgs } from 'node:util';
import { show } from '../../errors/show.js';
import { EXIT, type ExitCode, UsageError } from '../command.js';
import type { Terminal } from '../terminal.js';
import { FILTER_OPTIONS, filterOf } from './queue-filter.js';
import { SPOOL_OPTIONS, withSpool } from './spool-options.js';
import type { QueueEntry } from '../../queue/mail-queue.js';
import { plain, spanText } from './text.js';

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

const HEAD = ['ID', 'STATE', 'AGE', 'DUE', 'TRIES', 'TO', 'TEMPLATE', 'SUBJECT'];
/** The columns from here on shrink on a narrow terminal, down to a bound. */
const FIRST_ELASTIC = HEAD.indexOf('TO');
const NARROWEST = 10;
const GAP = '  ';

/**
 * Formats mails as a table, one a line.
 * @param columns width of the terminal: longer cells are cut so that a line fits; undefined keeps them whole
 */
function entryTable(entries: readonly QueueEntry[], now: Date, columns: number | undefined): string {
  const lines = [HEAD, ...entries.map((entry) => cellsOf(entry, now))];
  const natural = HEAD.map((_, column) => Math.max(...lines.map((line) => lengthOf(line[column] ?? ''))));
  const widths = columns === undefined ? natural : fitted(natural, columns);
  return lines.map((cells) => `${lineOf(cells, widths)}\n`).join('');
}

function cellsOf({ id, state, queuedAt, dueAt, attempts, ...of }: QueueEntry, now: Date): readonly string[] {
  const [first = '', ...others] = of.to;
  return [
    id,
    state,
    spanText(now.getTime() - queuedAt.getTime()),
    state === 'waiting' ? dueText(dueAt, now) : '',
    String(attempts.length),
    others.length > 0 ? `${first} +${others.length}` : first,
    of.template ?? '',
    of.subject,
  ].map(plain);
}

function dueText(dueAt: Date, now: Date): string {
  return dueAt <= now ? 'now' : `in ${spanText(dueAt.getTime() - now.getTime())}`;
}

/** Narrows the widest column until the line fits. */
function fitted(natural: readonly number[], columns: number): readonly number[] {
  const widths = [...natural];
  const whole = (): number => widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  while (whole() > columns) {
    const widest = widths.indexOf(Math.max(...widths.slice(FIRST_ELASTIC)), FIRST_ELASTIC);
    if ((widths[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cut(cell, widths[column] ?? 0))
    .join(GAP)
    .trimEnd();
}

function cut(text: string, width: number): string {
  const letters = Array.from(text);
  if (letters.length <= width) return text + ' '.repeat(width - letters.length);
  return `${letters.slice(0, width - 1).join('')}…`;
}

const lengthOf = (text: string): number => Array.from(text).length;
