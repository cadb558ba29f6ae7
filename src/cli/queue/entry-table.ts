import type { QueueEntry } from '../../queue/mail-queue.js';
import { plain, spanText } from './text.js';

const HEAD = ['ID', 'STATE', 'AGE', 'DUE', 'TRIES', 'TO', 'TEMPLATE', 'SUBJECT'];
/** Those that give way when the terminal is narrow, and how far. */
const FIRST_ELASTIC = HEAD.indexOf('TO');
const NARROWEST = 10;
const GAP = '  ';

/**
 * Mails as a table, one a line.
 * @param columns of the terminal: longer cells are cut so that a line fits; whole without it
 */
export function entryTable(entries: readonly QueueEntry[], now: Date, columns: number | undefined): string {
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

/** Takes what is too much from the widest, again and again. */
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
