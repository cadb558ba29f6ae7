import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { join } from 'node:path';
import type { Finding } from '../../check/check-report.js';
import { checkTemplate } from '../../check/check-templates.js';
import { didYouMean } from '../../errors/closest.js';
import { show } from '../../errors/show.js';
import { MailError } from '../../errors/mail-error.js';
import type { Mail } from '../../message/mail.js';
import { canonicalLocale } from '../../message/values/locale.js';
import type { VariantSources } from '../../render/compile/template-inventory.js';
import { showLocation } from '../../render/faults/source-location.js';
import { invalidTemplates } from '../../render/faults/template-fault.js';
import { wrongLocale } from '../../render/files/template-name.js';
import { localeChain } from '../../render/format/locale-chain.js';
import type { HandlebarsRenderer, TemplatePath } from '../../render/handlebars-renderer.js';
import type { RenderedBody } from '../../render/renderer.js';
import type { TemplatePage, TemplateSummary } from '../api/templates.js';
import { ENVIRONMENT } from '../../options/config.js';
import type { MailEnvironment } from '../../options/options.js';
import { refusal } from '../http/reply.js';
import { LiveEvents } from '../live/live-events.js';
import { MailroomView } from '../mailroom-view.js';
import { followTemplates } from './template-changes.js';
import { sourcePath } from './source-path.js';
import { variablesOf } from './template-variables.js';

export interface TemplateGalleryOptions {
  /** The application's own renderer, already loaded. */
  readonly renderer: HandlebarsRenderer;
  /** Base of file names in results. */
  readonly dir: string;
  readonly now: () => Date;
}

/** Renders the application's templates with the renderer of its mails. */
export class TemplateGallery {
  readonly #renderer: HandlebarsRenderer;
  readonly #dir: string;
  readonly #now: () => Date;

  constructor({ renderer, dir, now }: TemplateGalleryOptions) {
    this.#renderer = renderer;
    this.#dir = dir;
    this.#now = now;
  }

  /** Lists the templates of all folders; templates of sources are unknown until they are used. */
  list(): readonly TemplateSummary[] {
    const { variants } = this.#renderer.inventory();
    const paths = this.#renderer.fastPaths();
    const names = [...new Set(variants.map(({ template }) => template))];
    return names.map((name) =>
      this.#summary(
        name,
        variants.filter(({ template }) => template === name),
        paths.filter(({ template }) => template === name),
      ),
    );
  }

  /**
   * Renders a template with its sample. If that fails, `error` says why.
   * @throws {MailError} `template-not-found`; `message-invalid` if `tag` is not a language tag
   */
  async show(name: string, tag?: string): Promise<TemplatePage> {
    const locale = readLocale(tag);
    const variant = this.#variant(name, locale);
    const { findings } = await checkTemplate(this.#renderer, name, { dir: this.#dir, now: this.#now() });
    const { variables, missing } = variablesOf(variant, this.#renderer, this.#dir);
    return {
      name,
      locale,
      variables,
      missing,
      sample: variant.front.sample,
      findings: findings
        .filter((finding) => finding.locale === variant.locale)
        .map((finding) => this.#withSourcePath(finding)),
      ...(await this.#bodies(variant, locale)),
    };
  }

  /**
   * Renders the html alone, for a frame; undefined if the template has no html.
   * @throws {MailError} as rendering a mail does
   */
  async html(name: string, tag?: string): Promise<string | undefined> {
    const locale = readLocale(tag);
    const { html } = await this.#render(this.#variant(name, locale), locale);
    return html;
  }

  /**
   * Builds a mail from the sample, without a recipient.
   * @throws {MailError} `template-not-found`; `context-invalid` if there is no sample
   */
  sampleMail(name: string, tag?: string): Pick<Mail, 'template' | 'context' | 'locale'> {
    const locale = readLocale(tag);
    const { front } = this.#variant(name, locale);
    if (front.sample) return { template: name, context: front.sample, locale };
    throw new MailError(
      'context-invalid',
      `The template "${name}" has no sample to send. Add "sample:" to its front matter.`,
      { at: { template: name } },
    );
  }

  #summary(
    name: string,
    variants: readonly VariantSources[],
    paths: readonly TemplatePath[],
  ): TemplateSummary {
    const base = variants.find(({ locale }) => locale === undefined) ?? variants[0];
    const { subject, layout, sample } = base?.front ?? {};
    const written = variants.flatMap(({ locale }) => locale ?? []);
    const reasons = paths.flatMap((path) => this.#slowReasons(path));
    return {
      name,
      locales: [...new Set([...written, ...this.#renderer.messages().locales])].toSorted(),
      subject: subject?.source,
      layout: layout?.name,
      hasText: variants.some(({ text }) => text.length > 0),
      fastPath: { fast: reasons.length === 0, reasons },
      sample: sample !== undefined,
    };
  }

  #slowReasons({ fastPath, textPath, locale }: TemplatePath): readonly string[] {
    const language = locale === undefined ? '' : ` [${locale}]`;
    return [fastPath, textPath].flatMap((path) => {
      if (!path || path.ok) return [];
      const file = path.place && this.#sourcePath(path.place.file);
      return [
        `${path.reason}${path.place && file ? ` (${showLocation({ ...path.place, file })})` : ''}${language}`,
      ];
    });
  }

  async #bodies(
    variant: VariantSources,
    locale: string | undefined,
  ): Promise<Pick<TemplatePage, 'subject' | 'html' | 'text' | 'error'>> {
    try {
      const { subject, html, text } = await this.#render(variant, locale);
      return { subject, html, text };
    } catch (error) {
      if (!MailError.is(error)) throw error;
      const { file, line, column } = error.at ?? {};
      return { error: { message: error.message, file: file && this.#sourcePath(file), line, column } };
    }
  }

  /** Fails for files with faults. Mails still use their last valid version, but the gallery shows the edited one. */
  async #render(
    { template, front, html, text, lines }: VariantSources,
    locale: string | undefined,
  ): Promise<RenderedBody> {
    const files = new Set([...html, ...text, ...lines.partials].map(({ file }) => file.path));
    const faults = this.#renderer.faults().filter(({ place }) => files.has(place.file));
    if (faults.length > 0) throw invalidTemplates(faults, template);
    const context = front.sample ?? {};
    return this.#renderer.render({
      template,
      context,
      ...(locale !== undefined && { locale }),
      timeZone: 'UTC',
      date: this.#now(),
    });
  }

  /** Picks the variant nearest to a language, as rendering a mail does. */
  #variant(name: string, locale: string | undefined): VariantSources {
    const variants = this.#renderer.inventory().variants.filter(({ template }) => template === name);
    const chain = [...(locale === undefined ? [] : localeChain(locale)), undefined];
    for (const key of chain) {
      const variant = variants.find((candidate) => candidate.locale === key);
      if (variant) return variant;
    }
    const [first] = variants;
    if (first) return first;
    const hint = didYouMean(name, this.#renderer.names()) || '.';
    throw new MailError('template-not-found', `There is no template ${show(name)}${hint}`, {
      at: { template: name },
    });
  }

  #withSourcePath(finding: Finding): Finding {
    return { ...finding, file: this.#sourcePath(join(this.#dir, finding.file)) };
  }

  #sourcePath(file: string): string {
    return sourcePath(file, this.#dir);
  }
}

function readLocale(tag: string | undefined): string | undefined {
  if (tag === undefined) return undefined;
  const locale = canonicalLocale(tag);
  if (locale !== undefined) return locale;
  throw new MailError('message-invalid', `locale: ${wrongLocale(tag)}.`, { at: { field: 'locale' } });
}

/** Gives access to the application's templates, and publishes an event for each template that a save changed. */
@Injectable()
export class Gallery implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #mailroom: MailroomView;
  readonly #events: LiveEvents;
  readonly #dir: string;
  #stop: (() => void) | undefined;

  constructor(
    mailroom: MailroomView,
    events: LiveEvents,
    @Inject(ENVIRONMENT) { surroundings }: MailEnvironment,
  ) {
    this.#mailroom = mailroom;
    this.#events = events;
    this.#dir = surroundings.workingDir;
  }

  /** @throws {HttpException} 404 if the application has a renderer of its own */
  opened(): TemplateGallery {
    const renderer = this.#mailroom.handlebars;
    if (renderer) return new TemplateGallery({ renderer, dir: this.#dir, now: () => new Date() });
    throw refusal(
      404,
      'The gallery shows Handlebars templates, and this application has a renderer of its own.',
    );
  }

  onApplicationBootstrap(): void {
    const renderer = this.#mailroom.handlebars;
    this.#stop = renderer && followTemplates(renderer, (names) => this.#tell(names));
  }

  onApplicationShutdown(): void {
    this.#stop?.();
  }

  #tell(names: readonly string[]): void {
    for (const name of names) this.#events.publish('template', { name });
  }
}
