import { parseArgs } from 'node:util';
import { checkTemplates, loadWithFaults } from '../../check/check-templates.js';
import { HandlebarsRenderer } from '../../render/handlebars-renderer.js';
import { EXIT, type Command, type ExitCode } from '../command.js';
import { openProject } from '../project.js';
import { withProgress } from '../progress.js';
import { HELPERS_SETTING, PROJECT_OPTIONS, PROJECT_USAGE, projectSettings } from '../project-settings.js';
import type { Terminal } from '../terminal.js';
import { reportText } from './report-text.js';

/** `mailroom check`: exits with 1 when there are errors, with 0 when there are only warnings. */
export const CHECK: Command = {
  summary: 'compile all templates, render their samples, and lint the mails',
  usage: `Usage: nest-mailroom check [options]

  --json                print the report as JSON
${PROJECT_USAGE}

Exits with 1 when there are errors, with 0 when there are only warnings.
A template silences warnings in its front matter: check: { off: [http-link] }`,
  run: check,
};

async function check(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const options = { ...PROJECT_OPTIONS, json: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const project = await openProject(terminal.cwd, await projectSettings(terminal.cwd, values));
  const { dir, roots, helpers, defaultLocale, translator } = project;
  const renderer = new HandlebarsRenderer({
    roots,
    helpers,
    helpersName: HELPERS_SETTING,
    defaultLocale,
    translator,
    inlineCss: true,
  });
  const report = await withProgress(terminal, 'Checking templates', async (onProgress) =>
    checkTemplates(await loadWithFaults(renderer), { dir, now: terminal.now(), onProgress }),
  );
  terminal.out(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report));
  return report.errors > 0 ? EXIT.faults : EXIT.ok;
}
