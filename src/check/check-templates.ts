import { relative, sep } from 'node:path';
import { MailError, messageOf } from '../errors/mail-error.js';
import type { CheckRule } from '../render/syntax/check-rules.js';
import type { FastPath } from '../render/faults/fast-path.js';
import type { HandlebarsRenderer } from '../render/handlebars-renderer.js';
import type { RenderedBody } from '../render/renderer.js';
import type { TemplateFault } from '../render/faults/template-fault.js';
import type { TemplateFile } from '../render/files/template-file.js';
import type { TemplateInventory, VariantSources } from '../render/compile/template-inventory.js';
import { stylesSize } from './body-lint.js';
import {
  checkReport,
  type CheckedStyles,
  type CheckedTemplate,
  type CheckReport,
  type Finding,
} from './check-report.js';
import { checkVariant } from './check-variant.js';
import { MessageLint } from './message-lint.js';
import { ADVICE, type PlacedRemark } from './rules.js';

export interface TemplateCheckOptions {
  /** Absolute; findings name files relative to it. */
  readonly dir: string;
  /** The date of the rendered mails. */
  readonly now: Date;
  /** Called after each variant with the number checked so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Loads all templates; those with faults are listed by `faults()`. */
export async function loadWithFaults(renderer: HandlebarsRenderer): Promise<HandlebarsRenderer> {
  try {
    await renderer.load();
  } catch (error) {
    if (!MailError.is(error) || error.code !== 'template-invalid') throw error;
  }
  return renderer;
}

/**
 * Compiles everything, renders each sample in each language and lints the results.
 * @param renderer loaded
 * @throws {MailError} `config` when a folder cannot be read
 */
export async function checkTemplates(
  renderer: HandlebarsRenderer,
  options: TemplateCheckOptions,
): Promise<CheckReport> {
  return (await templateCheck(renderer, options)).all();
}

/**
 * The same for one template, with the faults of its files.
 * @param renderer loaded
 * @throws {MailError} `config` when a folder cannot be read
 */
export async function checkTemplate(
  renderer: HandlebarsRenderer,
  template: string,
  options: TemplateCheckOptions,
): Promise<CheckReport> {
  return (await templateCheck(renderer, options)).one(template);
}

async function templateCheck(
  renderer: HandlebarsRenderer,
  options: TemplateCheckOptions,
): Promise<TemplateCheck> {
  return new TemplateCheck(renderer, await loadWithFaults(renderer.asWritten()), options);
}

class TemplateCheck {
  readonly #renderer: HandlebarsRenderer;
  /** Keeps styles where they were written: inlining rewrites every tag. */
  readonly #unstyled: HandlebarsRenderer;
  readonly #options: TemplateCheckOptions;
  readonly #inventory: TemplateInventory;
  readonly #messages: MessageLint;

  constructor(renderer: HandlebarsRenderer, unstyled: HandlebarsRenderer, options: TemplateCheckOptions) {
    this.#renderer = renderer;
    this.#unstyled = unstyled;
    this.#options = options;
    this.#inventory = renderer.inventory();
    this.#messages = new MessageLint(renderer.messages(), this.#inventory, renderer.helperNames);
  }

  all(): Promise<CheckReport> {
    const { variants, unused } = this.#inventory;
    return this.#report(variants, [
      ...this.#renderer.faults().map((fault) => faultFinding(fault, variants)),
      ...unused.map((file) => unusedFinding(file)),
      ...this.#messages.untranslated().map((remark) => messageFinding(remark)),
      ...this.#messages.unused().map((remark) => messageFinding(remark)),
    ]);
  }

  one(template: string): Promise<CheckReport> {
    const variants = this.#inventory.variants.filter((variant) => variant.template === template);
    const files = new Set(variants.flatMap(filesOf));
    const faults = this.#renderer.faults().filter(({ place }) => files.has(place.file));
    return this.#report(
      variants,
      faults.map((fault) => faultFinding(fault, variants)),
    );
  }

  async #report(variants: readonly VariantSources[], shared: readonly Finding[]): Promise<CheckReport> {
    const { dir, onProgress } = this.#options;
    const templates: CheckedTemplate[] = [];
    const findings = [...shared];
    for (const variant of variants) {
      const mail = await this.#rendered(variant);
      templates.push(checkedTemplate(this.#renderer, variant, mail, dir));
      findings.push(...(await this.#findings(variant, mail)));
      onProgress?.(templates.length, variants.length);
    }
    return checkReport(
      templates,
      findings.map((finding) => within(dir, finding)),
    );
  }

  async #findings(variant: VariantSources, mail: Rendering): Promise<readonly Finding[]> {
    const { body: asWritten } = await rendered(this.#unstyled, variant, this.#options.now);
    const userHelpers = this.#renderer.helperNames;
    const fallbacks = this.#renderer.fallbacks();
    return [
      ...sampleFindings(mail, variant),
      ...(await this.#translationFindings(variant)),
      ...checkVariant(variant, {
        mail: mail.body,
        asWritten,
        userHelpers,
        fallbacks,
        messages: this.#messages,
      }),
    ];
  }

  /** Renders the sample in each language whose messages the variant prints: it may fail in one of them alone. */
  async #translationFindings(variant: VariantSources): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const locale of this.#messages.locales(variant)) {
      const translated = { ...variant, locale };
      findings.push(...sampleFindings(await this.#rendered(translated), translated));
    }
    return findings;
  }

  #rendered(variant: VariantSources): Promise<Rendering> {
    return rendered(this.#renderer, variant, this.#options.now);
  }
}

function filesOf({ html, text, lines }: VariantSources): readonly string[] {
  return [...html, ...text, ...lines.partials].map(({ file }) => file.path);
}

/** The result of rendering a sample: a body, an error, or neither if there is no sample or the template is faulty. */
interface Rendering {
  readonly body?: RenderedBody;
  readonly error?: MailError;
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
    styles: body?.html === undefined ? undefined : checkedStyles(body.html, path?.dropped),
    fastPath: path && pathWithin(dir, path.fastPath),
    textPath: path?.textPath && pathWithin(dir, path.textPath),
  };
}

function checkedStyles(html: string, dropped = 0): CheckedStyles | undefined {
  const bytes = stylesSize(html);
  return bytes > 0 || dropped > 0 ? { bytes, dropped } : undefined;
}

function faultFinding(
  { place, what, fix = 'Correct the template' }: TemplateFault,
  variants: readonly VariantSources[],
): Finding {
  const of = variants.find(({ html, text }) =>
    [html[0], text[0]].some((own) => own?.file.path === place.file),
  );
  const { template, locale } = of ?? {};
  return { rule: 'template-fault', severity: 'error', template, locale, ...place, message: what, fix };
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
      fix: 'Correct the sample in the front matter, or the template',
    },
  ];
}

function unusedFinding({ kind, path, name }: TemplateFile): Finding {
  const rule: CheckRule = kind === 'layout' ? 'unused-layout' : 'unused-partial';
  return { rule, ...ADVICE[rule], file: path, message: `no template uses the ${kind} "${name}"` };
}

function messageFinding({ rule, place, message }: PlacedRemark): Finding {
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
