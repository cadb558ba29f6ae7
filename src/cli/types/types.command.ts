import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, posix, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Command, EXIT, type ExitCode } from '../command.js';
import { openProject } from '../project.js';
import { PROJECT_OPTIONS, PROJECT_USAGE, projectSettings } from '../project-settings.js';
import type { Terminal } from '../terminal.js';
import { declarationOf, templateEntries } from './declaration.js';
import { templateContexts } from './template-contexts.js';

const FILE_NAME = 'mail-templates.d.ts';

export const typesCommand: Command = {
  summary: 'write the types of the templates and their contexts',
  usage: `Usage: mailroom types [options]

  --out <file>          file to write (default: ${FILE_NAME} in the source root)
  --check               write nothing; exit 1 when the file is stale
${PROJECT_USAGE}`,
  run: runTypes,
};

async function runTypes(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...PROJECT_OPTIONS,
      out: { type: 'string' },
      check: { type: 'boolean', default: false },
    },
  });
  const project = await openProject(terminal.cwd, await projectSettings(terminal.cwd, values));
  const entries = templateEntries(await templateContexts(project));
  const out = values.out ?? posix.join(project.sourceRoot, FILE_NAME);
  const path = resolve(terminal.cwd, out);
  const written = await readFile(path, 'utf8').catch(() => undefined);
  if (values.check) return check(out, written, entries, terminal);
  // Untouched when nothing changed, so that no watching compiler runs for nothing.
  if (declarationOf(entries) !== written) await write(path, declarationOf(entries));
  terminal.out(`${out}: ${entries.size} template${entries.size === 1 ? '' : 's'}\n`);
  return EXIT.ok;
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

type Entries = ReadonlyMap<string, string>;

function check(out: string, written: string | undefined, entries: Entries, terminal: Terminal): ExitCode {
  if (written === declarationOf(entries)) return EXIT.ok;
  const changed = [...entries].filter(([, entry]) => !written?.includes(entry)).map(([name]) => name);
  const stale = changed.length > 0 ? changed.join(', ') : 'it has more than the templates';
  const state = written === undefined ? 'does not exist' : `is stale: ${stale}`;
  terminal.err(`${out} ${state}. Run: mailroom types\n`);
  return EXIT.faults;
}
