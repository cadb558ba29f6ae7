import type { Row } from './rounds.js';

const HEAD = ['', 'per second', 'CPU ms each', 'peak MiB', 'ours is'];

/** Rows as aligned text. */
export function table(title: string, rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((line) => (line[column] ?? '').length)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        column === 0 || column === HEAD.length - 1
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines].join('\n');
}

function cellsOf({ candidate, perSecond, cpuMs, peakMiB, ratios }: Row): readonly string[] {
  const compared = ratios.map(({ ours, ratio }) => `${ratio.toFixed(2)}x (${ours})`).join(', ');
  return [candidate, perSecond.toFixed(0), cpuMs.toFixed(3), peakMiB.toFixed(0), compared];
}
