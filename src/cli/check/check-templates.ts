import { relative, sep } from 'node:path';
import { MailError, messageOf } from '../../mail.errors.js';
import type { CheckRule } from '../../render/check-rules.js';
import type { FastPath } from '../../render/fast-path.js';
import { HandlebarsRenderer } from '../../render/handlebars-renderer.js';
import type { RenderedBody } from '../../render/renderer.js';
import type { TemplateFault } from '../../render/template-fault.js';
import type { TemplateFile } from '../../render/template-folder.js';
import type { TemplateInventory, VariantSources } from '../../render/template-inventory.js';
import type { Project } from '../project.js';
import { checkReport, type CheckedTemplate, type CheckReport, type Finding } from './check-report.js';
import { checkVariant } from './check-variant.js';
import { MessageLint, type MessageRemark } from './message-lint.js';
import { ADVICE } from './rules.js';

/**
 * Compiles everything, renders each sample in each language and lints what comes out.
 * @param now the date of the rendered mails
 * @throws {MailError} `config` when a folder cannot be read
 */
export async function checkTemplates(project: Project, now: Date): Promise<CheckReport> {
  const renderer = await loaded(project, true);
  // As written: inlining styles rewrites every tag.
  const unstyled = await loaded(project, false);
  const inventory = renderer.inventory();
  const userHelpers = new Set(Object.keys(project.helpers));
  const messages = new MessageLint(renderer.messages(), inventory, userHelpers);
  const templates: CheckedTemplate[] = [];
  const findings: Finding[] = [
    ...renderer.faults().map((fault) => faultFinding(fault, inventory)),
    ...inventory.unused.map((file) => unusedFinding(file)),
    ...messages.unused().map((remark) => messageFinding(remark)),
  ];
  for (const variant of inventory.variants) {
    const mail = await rendered(renderer, variant, now);
    const asWritten = await rendered(unstyled, variant, now);
    templates.push(checkedTemplate(renderer, variant, mail, project.dir));
    findings.push(
      ...sampleFindings(mail, variant),
      ...(await translationFindings(renderer, variant, messages, now)),
      ...checkVariant(variant, { mail: mail.body, asWritten: asWritten.body, userHelpers, messages }),
    );
  }
  return checkReport(
    templates,
    findings.map((finding) => within(project.dir, finding)),
  );
}

/** What became of a sample: a body, an error, or neither when there was none or the template is faulty. */
interface Rendering {
  readonly body?: RenderedBody;
  readonly error?: MailError;
}

async function loaded(project: Project, inlineCss: boolean): Promise<HandlebarsRenderer> {
  const { roots, helpers, defaultLocale, translator } = project;
  const renderer = new HandlebarsRenderer({ roots, helpers, defaultLocale, translator, inlineCss });
  try {
    await renderer.load();
  } catch (error) {
    if (!MailError.is(error) || error.code !== 'template-invalid') throw error;
  }
  return renderer;
}

async function rendered(
  renderer: HandlebarsRenderer,
  { template, locale, front }: VariantSources,
  date: Date,
): Promise<Rendering> {
  if (!front.sample) return {};
  try {
    const request = { template, context: front.sample, timeZone: 'UTC', date, ...(locale && { locale }) };
    return { body: await renderer.render(request) };
  } catch (error) {
    if (!MailError.is(error)) throw error;
    return error.code === 'template-invalid' ? {} : { error };
  }
}

/** Its sample may fail in one of the languages whose messages it prints, and not in its own. */
async function translationFindings(
  renderer: HandlebarsRenderer,
  variant: VariantSources,
  messages: MessageLint,
  now: Date,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const locale of messages.locales(variant)) {
    const translated = { ...variant, locale };
    findings.push(...sampleFindings(await rendered(renderer, translated, now), translated));
  }
  return findings;
}

function checkedTemplate(
  renderer: HandlebarsRenderer,
  { template, locale }: VariantSources,
  { body }: Rendering,
  dir: string,
): CheckedTemplate {
  const path = renderer.fastPaths().find((known) => known.template === template && known.locale === locale);
  return {
    template,
    locale,
    rendered: body !== undefined,
    bytes: body?.html === undefined ? undefined : Buffer.byteLength(body.html),
    fastPath: path && pathWithin(dir, path.fastPath),
    textPath: path?.textPath && pathWithin(dir, path.textPath),
  };
}

function faultFinding(
  { place, what, mend = 'Correct the template' }: TemplateFault,
  { variants }: TemplateInventory,
): Finding {
  const of = variants.find(({ html, text }) =>
    [html[0], text[0]].some((own) => own?.file.path === place.file),
  );
  const { template, locale } = of ?? {};
  return { rule: 'template-fault', severity: 'error', template, locale, ...place, message: what, mend };
}

function sampleFindings(
  { error }: Rendering,
  { template, locale, html, text }: VariantSources,
): readonly Finding[] {
  if (!error) return [];
  const { file = (html[0] ?? text[0])?.file.path ?? template, line, column } = error.at ?? {};
  return [
    {
      rule: 'sample-fails',
      severity: 'error',
      template,
      locale,
      file,
      line,
      column,
      message: messageOf(error).replace(`${file}:${line}:${column}: `, ''),
      mend: 'Correct the sample in the front matter, or the template',
    },
  ];
}

function unusedFinding({ kind, path, name }: TemplateFile): Finding {
  const rule: CheckRule = kind === 'layout' ? 'unused-layout' : 'unused-partial';
  return { rule, ...ADVICE[rule], file: path, message: `no template uses the ${kind} "${name}"` };
}

function messageFinding({ rule, place, message }: MessageRemark): Finding {
  return { rule, ...ADVICE[rule], ...place, message };
}

function within(dir: string, finding: Finding): Finding {
  return { ...finding, file: fileWithin(dir, finding.file) };
}

function pathWithin(dir: string, path: FastPath): FastPath {
  if (path.ok || !path.place) return path;
  return { ...path, place: { ...path.place, file: fileWithin(dir, path.place.file) } };
}

function fileWithin(dir: string, file: string): string {
  return (relative(dir, file) || file).replaceAll(sep, '/');
}
