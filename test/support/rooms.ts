import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export const SRC = join(__dirname, '..', '..', 'src');

/** Rooms by floor, the lowest first: an import leads to a lower floor or stays inside its room. */
export const FLOORS: ReadonlyArray<readonly string[]> = [
  ['errors', 'mail.tokens'],
  ['reader'],
  ['message'],
  ['mime'],
  ['compose', 'render', 'transport', 'queue'],
  ['mail.events', 'check'],
  ['mail.observer'],
  ['log'],
  ['deliver'],
  ['options'],
  ['mail.service', 'mail.queue.service'],
  ['mail.mailers'],
  ['module'],
  ['mail.module'],
  ['index'],
  ['bullmq', 'cli', 'inbox', 'mailer', 'ses', 'testing'],
];

/** The rooms of `render`, in the same way. */
export const RENDER_FLOORS: ReadonlyArray<readonly string[]> = [
  ['faults'],
  ['format', 'helpers'],
  ['files'],
  ['css', 'i18n'],
  ['components', 'engine'],
  ['syntax'],
  ['context', 'inline'],
  ['mjml', 'text'],
  ['compile'],
  ['source'],
  ['render'],
];

/** A room of `src`: a folder, or a file at its root. */
export function roomOf(file: string): string {
  const [first = ''] = file.split('/');
  return first.replace(/\.ts$/, '');
}

/** A room of `render`; its own files are the topmost. */
export function renderRoomOf(file: string): string {
  const [, second = ''] = file.split('/');
  return second.endsWith('.ts') ? 'render' : second;
}

/** The inbox's page is a program of its own, for browsers: it is bundled, and nothing imports it. */
export const PAGE = 'inbox/web/';
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
export const sources = files.filter((file) => !file.startsWith(PAGE));
export const pageSources = files.filter((file) => file.startsWith(PAGE));

/** A source without its comments, which may name what the code may not. `://` begins no comment. */
export function codeOf(file: string): string {
  return readFileSync(join(SRC, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
}

const IMPORT = /^(?:import|export)\b[^'";=]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

export function specifiersOf(file: string): string[] {
  return [...codeOf(file).matchAll(IMPORT)].map((match) => match.slice(1).find(Boolean) ?? '');
}

export const isRelative = (specifier: string): boolean => specifier.startsWith('.');

/** The sources a source imports, types included. */
export function importsOf(file: string): string[] {
  return specifiersOf(file)
    .filter(isRelative)
    .map((specifier) => posix.join(posix.dirname(file), specifier.replace(/\.js$/, '.ts')));
}

type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

/** Which room imports which others, of the files that a list of floors has rooms for. */
function arrowsOf(floors: typeof FLOORS, among: readonly string[], room: typeof roomOf): Arrows {
  const arrows = new Map(floors.flat().map((name) => [name, new Set<string>()]));
  for (const file of among) {
    for (const other of importsOf(file).filter((path) => among.includes(path))) {
      if (room(other) !== room(file)) arrows.get(room(file))?.add(room(other));
    }
  }
  return arrows;
}

/** Without the arrows that others imply: a room that imports `mime` needs no arrow to what `mime` imports. */
function reduced(arrows: Arrows): Arrows {
  const reach = new Map<string, ReadonlySet<string>>();
  const reachOf = (name: string): ReadonlySet<string> => {
    const known = reach.get(name);
    if (known) return known;
    const all = new Set(arrows.get(name));
    for (const other of arrows.get(name) ?? []) for (const far of reachOf(other)) all.add(far);
    reach.set(name, all);
    return all;
  };
  const needed = (name: string, all: ReadonlySet<string>): Set<string> =>
    new Set([...all].filter((to) => ![...all].some((via) => via !== to && reachOf(via).has(to))));
  return new Map([...arrows].map(([name, all]) => [name, needed(name, all)]));
}

const drawn = (arrows: Arrows, prefix = ''): string[] =>
  [...arrows].flatMap(([from, all]) =>
    [...all].toSorted().map((to) => `  ${prefix}${from} --> ${prefix}${to}`),
  );

/** The rooms and what they import, as a Mermaid flowchart. */
export function picture(): string {
  const inRender = sources.filter((file) => roomOf(file) === 'render');
  return [
    'flowchart TD',
    ...drawn(reduced(arrowsOf(FLOORS, sources, roomOf))),
    '  subgraph inside render',
    ...drawn(reduced(arrowsOf(RENDER_FLOORS, inRender, renderRoomOf)), 'render/').map((line) => `  ${line}`),
    '  end',
  ].join('\n');
}
