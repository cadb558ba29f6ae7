import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { parseArgs } from 'node:util';
import { type Command, EXIT, type ExitCode, UsageError } from '../command.js';
import { pathIn } from '../path-in.js';
import { openProject } from '../project.js';
import { withProgress } from '../progress.js';
import { PROJECT_OPTIONS, PROJECT_USAGE, projectSettings } from '../project-settings.js';
import type { Terminal } from '../terminal.js';
import { declarationOf, templateEntries } from './declaration.js';
import { templateContexts } from './template-contexts.js';
import { TypesWatch } from './types-watch.js';

const FILE_NAME = 'mail-templates.d.ts';

export const TYPES: Command = {
  summary: 'write the types of the templates and their contexts',
  usage: `Usage: nest-mailroom types [options]

  --out <file>          file to write (default: ${FILE_NAME} in the source root)
  --check               write nothing; exit 1 when the file is stale
  --watch               write again whenever a template changes, until interrupted
${PROJECT_USAGE}`,
  run: runTypes,
};

const OPTIONS = {
  ...PROJECT_OPTIONS,
  out: { type: 'string' },
  check: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
} as const;

async function runTypes(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.check && values.watch) throw new UsageError('expected --check or --watch, got both');
  const project = await openProject(terminal.cwd, await projectSettings(terminal.cwd, values));
  const name = values.out ?? posix.join(project.sourceRoot, FILE_NAME);
  const file: TypesFile = { name, path: pathIn(terminal.cwd, '--out', name, 'file') };
  const read = async (onDirectory?: (dir: string) => void): Promise<Entries> =>
    withProgress(terminal, 'Reading templates', async () =>
      templateEntries(await templateContexts(project, onDirectory)),
    );
  if (values.check) return check(file, await read(), terminal);
  const write = async (onDirectory?: (dir: string) => void): Promise<void> =>
    terminal.out(await written(file, await read(onDirectory)));
  const roots = project.roots.map(({ dir }) => dir);
  await (values.watch ? new TypesWatch(write, roots, terminal).untilInterrupted() : write());
  return EXIT.ok;
}

interface TypesFile {
  /** The path as the user wrote it. */
  readonly name: string;
  readonly path: string;
}

type Entries = ReadonlyMap<string, string>;

/** Writes the file only after a change, so that watching compilers do not run needlessly. */
async function written({ name, path }: TypesFile, entries: Entries): Promise<string> {
  const content = declarationOf(entries);
  const line = `${name}: ${entries.size} template${entries.size === 1 ? '' : 's'}`;
  if ((await contentOf(path)) === content) return `${line}, unchanged\n`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return `${line}\n`;
}

async function check({ name, path }: TypesFile, entries: Entries, terminal: Terminal): Promise<ExitCode> {
  const found = await contentOf(path);
  if (found === declarationOf(entries)) return EXIT.ok;
  const changed = [...entries].filter(([, entry]) => !found?.includes(entry)).map(([template]) => template);
  const stale = changed.length > 0 ? changed.join(', ') : 'it has more than the templates';
  const state = found === undefined ? 'does not exist' : `is stale: ${stale}`;
  terminal.err(`${name} ${state}. Run: npx nest-mailroom types\n`);
  return EXIT.faults;
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
