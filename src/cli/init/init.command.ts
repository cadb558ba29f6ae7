import { relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { type Command, EXIT, type ExitCode } from '../command.js';
import type { Terminal } from '../terminal.js';
import { openApplication } from './application.js';
import { type FileChange, perform } from './file-change.js';
import { nextSteps } from './next-steps.js';
import { plannedChanges } from './planned-changes.js';

/** `mailroom init`: adds missing files, overwrites nothing, and changes nothing when run again. */
export const INIT: Command = {
  summary: 'put a layout, a welcome mail and the build setting into a Nest application',
  usage: `Usage: nest-mailroom init [options]

  --project <name>   project of nest-cli.json (default: the one that nest build builds)
  --templates <dir>  folder for the templates (default: templates in the source root)

Files that are there stay as they are; only nest-cli.json and .gitignore get a line each.`,
  run: init,
};

async function init(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const options = { project: { type: 'string' }, templates: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const application = await openApplication(terminal.cwd, values);
  for (const change of await plannedChanges(application)) {
    await perform(change);
    terminal.out(changeLine(change, terminal.cwd));
  }
  terminal.out(`\n${nextSteps(application)}`);
  return EXIT.ok;
}

function changeLine({ outcome, path, remark }: FileChange, dir: string): string {
  return `${outcome.padEnd(7)}  ${relative(dir, path).replaceAll(sep, '/')}: ${remark}\n`;
}
