import type { Profiler } from 'node:inspector';

/** Microseconds of CPU time of one mail in a part of the program. */
export type Parts = Readonly<Record<string, number>>;

/** The first match wins. */
const PLACES: ReadonlyArray<readonly [RegExp, string]> = [
  [/\/dist\/src\/(\w+)\//, 'ours: '],
  [/\/dist\/src\//, 'ours: module and service'],
  [/\/node_modules\/nodemailer\//, 'nodemailer: pool and connection'],
  [/\/node_modules\/handlebars\//, 'Handlebars: run time'],
  [/^node:/, 'Node.js: streams, sockets, timers, signals'],
];

/** Divides the samples of a profile among the parts, per mail. */
export function share({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, mails: number): Parts {
  const partOfNode = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const parts: Record<string, number> = {};
  for (const [index, id] of samples.entries()) {
    const part = partOfNode.get(id) ?? 'everything else';
    parts[part] = (parts[part] ?? 0) + (timeDeltas[index] ?? 0) / mails;
  }
  delete parts['(idle)'];
  return parts;
}

function partOf({ functionName, scriptId, url }: Profiler.Profile['nodes'][number]['callFrame']): string {
  if (functionName === '(idle)') return functionName;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '') return scriptId === '0' ? 'system calls and natives' : 'Handlebars: compiled templates';
  for (const [place, part] of PLACES) {
    const found = place.exec(url);
    if (found) return `${part}${found[1] ?? ''}`;
  }
  return 'everything else';
}
