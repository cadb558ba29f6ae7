import type { Measured } from './measurements.js';
import type { Row } from './rounds.js';

const HEAD = ['', 'per second', 'ms each', 'CPU ms each', 'peak MiB', 'sink CPU ms', 'ours is'];

/** Formats rows as aligned text; empty columns are left out. */
export function table(title: string, rows: readonly Row[]): string {
  return alignedTable(title, HEAD, rows.map(cellsOf));
}

/** The same for figures that are no rates. */
export function figuresTable(title: string, measured: Measured): string {
  const [first = {}] = Object.values(measured);
  const rows = Object.entries(measured).map(([name, figures]) => [name].concat(figuresText(figures)));
  return alignedTable(title, ['', ...Object.keys(first)], rows);
}

function figuresText(figures: Measured[string]): string[] {
  return Object.values(figures).map((figure) => figure.toFixed(figure < 100 ? 1 : 0));
}

function alignedTable(
  title: string,
  head: readonly string[],
  rows: ReadonlyArray<readonly string[]>,
): string {
  const lines = [head, ...rows];
  const columns = head.map((_, column) => lines.map((line) => line[column] ?? ''));
  const shown = columns.filter((cells, column) => column === 0 || cells.slice(1).some((cell) => cell !== ''));
  const aligned = shown.map((cells, column) => alignColumn(cells, column === 0 || cells[0] === HEAD.at(-1)));
  const text = lines.map((_, line) =>
    aligned
      .map((cells) => cells[line] ?? '')
      .join('  ')
      .trimEnd(),
  );
  return [title, ...text].join('\n');
}

function alignColumn(cells: readonly string[], left: boolean): readonly string[] {
  const width = Math.max(...cells.map((cell) => cell.length));
  return cells.map((cell) => (left ? cell.padEnd(width) : cell.padStart(width)));
}

function cellsOf({ candidate, perSecond, cpuMs, peakMiB, sinkCpuMs, ratios }: Row): readonly string[] {
  const compared = ratios.map(({ ours, ratio }) => `${ratio.toFixed(2)}x (${ours})`).join(', ');
  return [
    candidate,
    perSecond.toFixed(perSecond < 100 ? 1 : 0),
    (1000 / perSecond).toFixed(3),
    cpuMs.toFixed(3),
    peakMiB.toFixed(0),
    sinkCpuMs?.toFixed(3) ?? '',
    compared,
  ];
}
