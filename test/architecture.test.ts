import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import {
  codeOf,
  FLOORS,
  importsOf,
  isRelative,
  PAGE,
  pageSources,
  picture,
  RENDER_FLOORS,
  renderRoomOf,
  roomOf,
  sources,
  specifiersOf,
  SRC,
} from './support/rooms.js';

const ROOT = join(SRC, '..');

/** Imports of a file that lead to a room of its own floor or above. */
function upward(file: string, floors: typeof FLOORS, room: typeof roomOf): readonly string[] {
  const floorOf = (name: string): number => floors.findIndex((floor) => floor.includes(name));
  const own = room(file);
  expect([file, floorOf(own)]).not.toEqual([file, -1]);
  return importsOf(file).filter((other) => room(other) !== own && floorOf(room(other)) >= floorOf(own));
}

test.each(sources)('%s imports downwards only', (file) => {
  for (const specifier of specifiersOf(file).filter(isRelative)) expect(specifier).toMatch(/\.js$/);
  expect(upward(file, FLOORS, roomOf)).toEqual([]);
});

const ofRender = (file: string): boolean => roomOf(file) === 'render';

test.each(sources.filter(ofRender))('%s imports downwards only, inside render', (file) => {
  const inside = (path: string): string => (ofRender(path) ? renderRoomOf(path) : renderRoomOf(file));
  expect(upward(file, RENDER_FLOORS, inside)).toEqual([]);
});

/** More than a reader takes in at a glance. */
const MOST_FILES = 20;

test('a folder holds few files', () => {
  const counts = new Map<string, number>();
  for (const file of [...sources, ...pageSources]) {
    const folder = posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
});

const CHAPTER = join(ROOT, 'docs', 'architecture.md');
const PICTURE = /(?<=<!-- picture -->\n\n```mermaid\n)[\s\S]*?(?=\n```)/;

// `npm run architecture` draws it.
test('the picture of the rooms is current', () => {
  const chapter = readFileSync(CHAPTER, 'utf8');
  if (process.env['DRAW_ARCHITECTURE']) writeFileSync(CHAPTER, chapter.replace(PICTURE, picture));
  else expect(PICTURE.exec(chapter)?.[0]).toBe(picture());
});

test.each([...FLOORS.flat(), ...RENDER_FLOORS.flat()])('the chapter says what is in %s', (room) => {
  expect(readFileSync(CHAPTER, 'utf8')).toMatch(new RegExp(`^\\| \`${room.replace('.', '\\.')}`, 'm'));
});

/** Files and folders that the chapter names: in a table of `render` and in its way, below that room. */
function pathsIn(chapter: string): readonly string[] {
  const words = [...chapter.matchAll(/`([^`\s]+)`/g)].map(([, word = '']) => word);
  return words.filter(
    (word) => /^[\w./-]+\.(?:ts|md)$|^[\w-]+(?:\/[\w-]+)+$/.test(word) && !word.startsWith('nest-mailroom'),
  );
}

test('every file and folder that the chapter names is there', () => {
  const roots = [ROOT, SRC, join(SRC, 'render')];
  const inRender = new Set(sources.filter(ofRender).map((file) => posix.basename(file)));
  const isThere = (path: string): boolean =>
    roots.some((root) => existsSync(join(root, path))) || inRender.has(path);
  const named = pathsIn(readFileSync(CHAPTER, 'utf8'));
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});

/** The imports that package.json has for this package alone. */
const isOwn = (specifier: string): boolean => isRelative(specifier) || specifier.startsWith('#');

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
/** The build puts these into the package: `scripts/bundle-esm-only.mjs`. */
const BUNDLED = [
  '@csstools/css-tokenizer',
  '@formatjs/icu-messageformat-parser',
  'htmlparser2',
  'intl-messageformat',
];
const declared = new Set([
  ...Object.keys(manifest.dependencies),
  ...Object.keys(manifest.peerDependencies),
  ...BUNDLED,
]);

test('what the build puts into the package is installed by nobody else', () => {
  const script = readFileSync(join(ROOT, 'scripts/bundle-esm-only.mjs'), 'utf8');
  for (const name of BUNDLED) {
    expect(script).toMatch(new RegExp(`^  '?${name}'?: \\{ file:`, 'm'));
    expect([name, manifest.devDependencies[name]]).toEqual([name, expect.stringMatching(/^\^/)]);
    expect([name, manifest.dependencies[name]]).toEqual([name, undefined]);
  }
});

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

// A devDependency would pass here and be missing where the package is installed.
test('every package the sources import is declared', () => {
  const undeclared = sources.flatMap((file) =>
    specifiersOf(file)
      .filter((specifier) => !isOwn(specifier) && !specifier.startsWith('node:'))
      .filter((specifier) => !declared.has(packageOf(specifier)))
      .map((specifier) => `${file}: ${specifier}`),
  );
  expect(undeclared).toEqual([]);
});

const PAGE_PACKAGES = new Set(['preact', 'preact/hooks', '@preact/signals']);

/** Types of the API, which no bundle has. */
const API_TYPES = /^import type \{[^}]*\} from '(?:\.\.\/)+api\/\w+\.js';$/gm;

// A package of the page ends up in its bundle: none may be added without notice.
test.each(pageSources)('%s imports its own files, few packages, and types of the API', (file) => {
  const types = [...codeOf(file).matchAll(API_TYPES)].flatMap(
    ([line]) => line.match(/(?<=')[^']+(?=')/) ?? [],
  );
  const paths = types.map((specifier) => posix.join(posix.dirname(file), specifier));
  const ofApi = new Set(paths.filter((path) => path.startsWith('inbox/api/')));
  for (const specifier of specifiersOf(file)) {
    if (!isRelative(specifier)) expect(PAGE_PACKAGES).toContain(specifier);
    else if (!ofApi.has(posix.join(posix.dirname(file), specifier)))
      expect(join(PAGE, relative(PAGE, join(file, '..', specifier)))).toMatch(/^inbox\/web\/.+\.js$/);
  }
});

interface Ban {
  readonly what: string;
  readonly pattern: RegExp;
  readonly because: string;
  readonly except?: readonly string[];
}
/** Code for the user's application, printed for either module system. */
const PRINTED_CODE = 'cli/init/next-steps.ts';
const BANS: readonly Ban[] = [
  {
    what: 'import.meta',
    pattern: /\bimport\.meta\b/,
    because: 'the CommonJS build has none',
    except: [PRINTED_CODE],
  },
  { what: 'require()', pattern: /\brequire\s*\(/, because: 'the ESM build has none' },
  { what: 'module.exports', pattern: /\bmodule\.exports\b/, because: 'the ESM build has none' },
  {
    what: '__dirname',
    pattern: /\b__(?:dirname|filename)\b/,
    because: 'the ESM build has none',
    except: [PRINTED_CODE],
  },
  { what: 'console', pattern: /\bconsole\./, because: "the application's logger is the one to use" },
  { what: 'a default export', pattern: /\bexport\s+default\b|\bas default\b/, because: 'exports are named' },
  {
    what: 'a private or protected member',
    pattern: /^ {2}(?:private|protected)\s+(?!(?:constructor|override)\b)/m,
    because: 'private state is a #field',
  },
  {
    what: 'process.env',
    pattern: /\bprocess\.env\b|\benv\b[^;]*'node:process'/,
    because: 'the environment is read in one place and passed in',
    // The command line is a process of its own.
    except: ['options/config.ts', 'cli/mailroom.ts'],
  },
];

test.each(BANS)('no $what in the sources: $because', ({ pattern, except = [] }) => {
  const offenders = sources.filter((file) => !except.includes(file) && pattern.test(codeOf(file)));
  expect(offenders).toEqual([]);
});
