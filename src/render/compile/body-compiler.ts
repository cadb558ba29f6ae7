import type { Bodies, CompiledBodies } from './page.js';
import type { CssInliner } from '../css/css-inliner.js';
import { deriveText } from '../text/derived-text.js';
import { FAST, SlowPath, type FastPath, type SlowReason } from '../faults/fast-path.js';
import type { FlattenedTemplate } from '../inline/flattened-template.js';
import { inlinedPage } from '../inline/inlined-page.js';
import { sided } from '../components/sides.js';
import { recordText } from '../text/text-recorder.js';
import { once } from './once.js';
import { pageProgram } from '../inline/page-program.js';
import { MailStream } from '../text/mail-stream.js';
import type { StyleSheets } from '../css/style-sheets.js';
import type { TextDirection } from '../format/text-direction.js';
import { withSlowPath, type Plan, type TemplateCompiler } from './template-compiler.js';
import type { RenderData, Rendering, TemplateEngine } from '../engine/template-engine.js';

export interface BodyCompilerOptions {
  readonly compiler: TemplateCompiler;
  readonly engine: TemplateEngine;
  readonly styles: StyleSheets;
  /** Absent when no template brings styles, or none are to be inlined. */
  readonly inliner: CssInliner | undefined;
}

/** HTML to compile for mails of one text direction. */
interface HtmlPlan {
  readonly plan: Plan;
  readonly namespace: string;
  readonly direction: TextDirection;
}

/** A page whose HTML is known, except for its values. */
interface StaticPage {
  readonly page: FlattenedTemplate;
  /** Its styles inlined, with its placeholders as tokens. */
  readonly html: string;
  readonly dropped: number;
}

/** Renders HTML, and counts the selectors that inlining left out. */
interface HtmlRendering {
  readonly html: Rendering;
  readonly dropped: () => number | undefined;
}

/**
 * Compiles the bodies of templates. Inlines their styles and derives their text at once where that provably gives
 * the same result as doing it for each mail.
 */
export class BodyCompiler {
  readonly #options: BodyCompilerOptions;

  constructor(options: BodyCompilerOptions) {
    this.#options = options;
  }

  compile(html: Plan | undefined, text: Plan | undefined, namespace: string): CompiledBodies {
    const written = text && this.#options.compiler.rendering(text);
    if (!html) {
      return { bodies: (context, data) => ({ html: undefined, text: written?.(context, data) }) };
    }
    const made = (direction: TextDirection): CompiledBodies =>
      this.#compile({ plan: html, namespace, direction }, written);
    const ltr = made('ltr');
    const rtl = once(() => made('rtl'));
    return {
      ...ltr,
      bodies: (context, data) => (data.dir === 'rtl' ? rtl() : ltr).bodies(context, data),
    };
  }

  #compile(html: HtmlPlan, written: Rendering | undefined): CompiledBodies {
    return written ? this.#withText(html, written) : this.#withDerivedText(html);
  }

  #withText(plan: HtmlPlan, text: Rendering): CompiledBodies {
    const slow = this.#slow(plan);
    const page = this.#options.inliner && attempt(() => this.#static(plan));
    const { html, ...path } = this.#html(page, slow);
    return {
      bodies: (context, data) => ({ html: html(context, data), text: text(context, data) }),
      ...path,
    };
  }

  #withDerivedText(plan: HtmlPlan): CompiledBodies {
    const slow = this.#slow(plan);
    const page = attempt(() => this.#static(plan));
    const stream = page instanceof SlowPath ? page : attempt(() => this.#streamed(page, slow.html));
    if (!(page instanceof SlowPath) && !(stream instanceof SlowPath)) {
      return { bodies: stream, fastPath: FAST, textPath: FAST, dropped: () => page.dropped };
    }
    const { html, ...path } = this.#html(page, slow);
    return {
      bodies: derived(html),
      ...path,
      ...(stream instanceof SlowPath && { textPath: slowBecause(stream) }),
    };
  }

  #html(
    page: StaticPage | SlowPath | undefined,
    slow: HtmlRendering,
  ): HtmlRendering & { readonly fastPath: FastPath } {
    if (!this.#options.inliner || !page) return { ...slow, fastPath: FAST };
    if (page instanceof SlowPath) return { ...slow, fastPath: slowBecause(page) };
    const html = attempt(() => this.#fast(page, slow.html));
    if (html instanceof SlowPath) return { ...slow, fastPath: slowBecause(html) };
    return { html, fastPath: FAST, dropped: () => page.dropped };
  }

  /** @throws {SlowPath} */
  #static({ plan, namespace, direction }: HtmlPlan): StaticPage {
    const { inliner, engine, styles } = this.#options;
    const page = this.#options.compiler.flat(plan);
    if (!inliner) return { page, html: sided(page.html, direction), dropped: 0 };
    const sheet = (href: string): string | undefined => styles.find(href, namespace);
    const { html, dropped } = inlinedPage(page, { inliner, sheet, markupHelpers: engine.markupHelpers });
    return { page, html: sided(page.placeholderTokens.uncommented(html), direction), dropped };
  }

  /** @throws {SlowPath} */
  #fast({ page, html }: StaticPage, slow: Rendering): Rendering {
    const { compiler } = this.#options;
    return withSlowPath(compiler.pageRendering(pageProgram(html, page), 'html'), slow);
  }

  /** @throws {SlowPath} */
  #streamed({ page, html }: StaticPage, slow: Rendering): CompiledBodies['bodies'] {
    const { compiler, engine } = this.#options;
    const stream = new MailStream(recordText(html, page, engine.markupHelpers), page);
    const program = pageProgram(html, page, (...piece) => stream.contents(...piece));
    const printed = compiler.pageRendering(program, 'text');
    const fast = (context: object, data: RenderData): Bodies => {
      const mail = stream.read(printed(context, data));
      return { html: mail.html, text: mail.text ?? deriveText(mail.html) };
    };
    return withSlowPath(fast, derived(slow));
  }

  /** Inlines the styles for each mail. Compiles the template when it is first needed. */
  #slow({ plan, namespace, direction }: HtmlPlan): HtmlRendering {
    const { compiler, inliner, styles } = this.#options;
    const sheet = (href: string): string | undefined => styles.find(href, namespace);
    let unstyled: Rendering | undefined;
    let dropped: number | undefined;
    const html: Rendering = (context, data) => {
      unstyled ??= compiler.rendering(plan);
      const plain = unstyled(context, data);
      if (!inliner) return sided(plain, direction);
      const page = inliner.inline(plain, sheet);
      dropped = page.dropped;
      return sided(page.html, direction);
    };
    return { html, dropped: () => dropped };
  }
}

function derived(rendering: Rendering): CompiledBodies['bodies'] {
  return (context, data) => {
    const html = rendering(context, data);
    return { html, text: deriveText(html) };
  };
}

function slowBecause({ message, place }: SlowPath): SlowReason {
  return { ok: false, reason: message, ...(place && { place }) };
}

function attempt<Result>(analysis: () => Result): Result | SlowPath {
  try {
    return analysis();
  } catch (error) {
    if (error instanceof SlowPath) return error;
    throw error;
  }
}
