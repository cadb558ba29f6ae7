import { parseArgs } from 'node:util';
import { checkTemplates, loadWithFaults } from '../../check/check-templates.js';
import { fixTemplates } from '../../check/fix-templates.js';
import { HandlebarsRenderer } from '../../render/handlebars-renderer.js';
import { EXIT, type Command, type ExitCode } from '../command.js';
import { openProject } from '../project.js';
import { withProgress } from '../progress.js';
import { HELPERS_SETTING, PROJECT_OPTIONS, PROJECT_USAGE, projectSettings } from '../project-settings.js';
import type { Terminal } from '../terminal.js';
import { fixesText, reportText } from './report-text.js';

/** `mailroom check`: exits with 1 when there are errors, with 0 when there are only warnings. */
export const CHECK: Command = {
  summary: 'compile all templates, render their samples, and lint the mails',
  usage: `Usage: nest-mailroom check [options]

  --fix                 rewrite Mustache sections whose meaning is certain, {{^x}} as {{#unless x}}
                        and {{#x}} as its template's sample says, then check
  --json                print the report as JSON
${PROJECT_USAGE}

Exits with 1 when there are errors, with 0 when there are only warnings.
A template silences warnings in its front matter: check: { off: [http-link] }`,
  run: check,
};

async function check(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const flag = { type: 'boolean', default: false } as const;
  const options = { ...PROJECT_OPTIONS, json: flag, fix: flag } as const;
  const { values } = parseArgs({ args: [...args], options });
  const project = await openProject(terminal.cwd, await projectSettings(terminal.cwd, values));
  const { dir, roots, helpers, defaultLocale, translator } = project;
  const load = (): Promise<HandlebarsRenderer> =>
    loadWithFaults(
      new HandlebarsRenderer({
        roots,
        helpers,
        helpersName: HELPERS_SETTING,
        defaultLocale,
        translator,
        inlineCss: true,
      }),
    );
  const fixes = values.fix ? await fixTemplates(await load(), dir) : [];
  const report = await withProgress(terminal, 'Checking templates', async (onProgress) =>
    checkTemplates(await load(), { dir, now: terminal.now(), onProgress }),
  );
  const shown = values.fix ? { fixes, ...report } : report;
  terminal.out(
    values.json ? `${JSON.stringify(shown, undefined, 2)}\n` : fixesText(fixes) + reportText(report),
  );
  return report.errors > 0 ? EXIT.faults : EXIT.ok;
}
