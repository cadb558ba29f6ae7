import type { Row } from './rounds.js';

const HEAD = ['', 'per second', 'ms each', 'CPU ms each', 'peak MiB', 'sink CPU ms', 'ours is'];

/** Rows as aligned text; columns that say nothing are left out. */
export function table(title: string, rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const columns = HEAD.map((_, column) => lines.map((line) => line[column] ?? ''));
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
