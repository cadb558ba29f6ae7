import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const src = join(__dirname, '..', 'src');

/** Rank of each room: an import may point to a lower rank or stay inside its own room. */
const RANKS: Record<string, number> = {
  words: 0,
  message: 1,
  mime: 2,
  compose: 3,
  render: 3,
  transport: 3,
  queue: 3,
  events: 4,
  check: 4,
  log: 5,
  deliver: 6,
  options: 7,
  config: 8,
  service: 9,
  module: 10,
  entry: 11,
};
const FILES: Record<string, string> = {
  'mail.abort.ts': 'words',
  'mail.closest.ts': 'words',
  'mail.errors.ts': 'words',
  'mail.path.ts': 'words',
  'mail.report.ts': 'words',
  'mail.tokens.ts': 'words',
  'mail.events.ts': 'events',
  'mail.watch.ts': 'events',
  'mail.extension.ts': 'options',
  'mail.nest-cli.ts': 'options',
  'mail.options.ts': 'options',
  'mail.options.given.ts': 'options',
  'mail.options.checks.ts': 'options',
  'mail.options.limits.ts': 'options',
  'mail.options.mailers.ts': 'options',
  'mail.options.messages.ts': 'options',
  'mail.options.outbox.ts': 'options',
  'mail.options.places.ts': 'options',
  'mail.options.queue.ts': 'options',
  'mail.options.resolve.ts': 'options',
  'mail.options.renderer.ts': 'options',
  'mail.options.sources.ts': 'options',
  'mail.options.templates.ts': 'options',
  'mail.options.theme.ts': 'options',
  'mail.options.transport.ts': 'options',
  'mail.variables.ts': 'options',
  'mail.config.ts': 'config',
  'mail.environment.ts': 'config',
  'mail.service.ts': 'service',
  'mail.queue.service.ts': 'service',
  'mail.alarm.ts': 'module',
  'mail.boot-line.ts': 'module',
  'mail.container.ts': 'module',
  'mail.error.filter.ts': 'module',
  'mail.lifecycle.ts': 'module',
  'mail.mailers.ts': 'module',
  'mail.queueing.ts': 'module',
  'mail.module.ts': 'module',
  'mail.providers.ts': 'module',
  'mail.renderer.ts': 'module',
  'index.ts': 'entry',
};
const ENTRIES = new Set(['bullmq', 'inbox', 'mailer', 'ses', 'terminus', 'testing', 'cli', 'transports']);

function room(file: string): string {
  const [first = ''] = relative(src, file).split('/');
  return FILES[first] ?? (ENTRIES.has(first) ? `entry:${first}` : first);
}
const rank = (name: string): number | undefined => RANKS[name.split(':')[0] ?? ''];

/** The inbox's page is a program of its own, for browsers: it is bundled, and nothing of it is imported. */
const PAGE = 'inbox/web/';
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f));
const sources = files.filter((file) => !file.startsWith(PAGE));
const pageSources = files.filter((file) => file.startsWith(PAGE));

/** A source without its comments, which may name what the code may not. `://` is no comment. */
function codeOf(file: string): string {
  return readFileSync(join(src, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
}

const IMPORT = /^(?:import|export)\b[^'";=]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;

function specifiersOf(file: string): string[] {
  return [...codeOf(file).matchAll(IMPORT)].map((match) => match.slice(1).find(Boolean) ?? '');
}

const isRelative = (specifier: string): boolean => specifier.startsWith('.');
/** What package.json names for this package alone (`imports`). */
const isOwn = (specifier: string): boolean => isRelative(specifier) || specifier.startsWith('#');

test.each(sources)('%s imports downwards only', (file) => {
  const path = join(src, file);
  const own = room(path);
  expect(rank(own)).toBeDefined();
  for (const specifier of specifiersOf(file).filter(isRelative)) {
    expect(specifier).toMatch(/\.js$/);
    const other = room(join(path, '..', specifier.replace(/\.js$/, '.ts')));
    if (other !== own) expect([file, other, rank(other)! < rank(own)!]).toEqual([file, other, true]);
  }
});

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}
const manifest = JSON.parse(readFileSync(join(src, '..', 'package.json'), 'utf8')) as Manifest;
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
  const script = readFileSync(join(src, '..', 'scripts/bundle-esm-only.mjs'), 'utf8');
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

// What it needs is in its bundle: nothing of it may grow without being noticed.
test.each(pageSources)('%s imports its own files and few packages', (file) => {
  for (const specifier of specifiersOf(file)) {
    if (!isRelative(specifier)) expect(PAGE_PACKAGES).toContain(specifier);
    else expect(join(PAGE, relative(PAGE, join(file, '..', specifier)))).toMatch(/^inbox\/web\/.+\.js$/);
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
    what: 'process.env',
    pattern: /\bprocess\.env\b|\benv\b[^;]*'node:process'/,
    because: 'the environment is read in one place and passed in',
    // The command line is a process of its own.
    except: ['mail.config.ts', 'cli/mailroom.ts'],
  },
];

test.each(BANS)('no $what in the sources: $because', ({ pattern, except = [] }) => {
  const offenders = sources.filter((file) => !except.includes(file) && pattern.test(codeOf(file)));
  expect(offenders).toEqual([]);
});
