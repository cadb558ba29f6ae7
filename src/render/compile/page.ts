import { show } from '../../errors/config-report.js';
import { MailError } from '../../errors/mail-error.js';
import type { RenderData, Rendering } from '../engine/template-engine.js';
import type { FastPath } from '../faults/fast-path.js';
import type { TemplateFault } from '../faults/template-fault.js';
import { localeChain } from '../format/locale-chain.js';

/** The bodies of one mail. */
export interface Bodies {
  readonly html: string | undefined;
  readonly text: string | undefined;
}

/** The bodies of a template, compiled. */
export interface CompiledBodies {
  readonly bodies: (context: object, data: RenderData) => Bodies;
  /** Whether the styles of its html were inlined when it was compiled; absent without html. */
  readonly fastPath?: FastPath;
  /** Whether the text that is made from its html is, without parsing that again; absent where none is. */
  readonly textPath?: FastPath;
  /**
   * How many selectors of linked style sheets its html does without: of the template, or, where styles are
   * inlined for each mail, of the last one; undefined before that.
   */
  readonly dropped?: () => number | undefined;
}

/** One language of a template, compiled. */
export interface PageVariant {
  /** Absent in the base variant. */
  readonly locale?: string;
  readonly subject?: Rendering;
  readonly preheader?: Rendering;
  /** Its bodies, compiled when they are first asked for. */
  readonly compiled?: () => CompiledBodies;
  /** What keeps it from being rendered, after an edit. */
  readonly faults: readonly TemplateFault[];
}

/** A template, compiled. */
export interface Page {
  readonly name: string;
  readonly namespace: string;
  readonly variants: ReadonlyMap<string, PageVariant>;
}

/** The nearest language there is; languages never mix. */
export function variantFor(page: Page, locale: string): PageVariant {
  for (const key of localesOf(page.name, locale, localeChain)) {
    const variant = page.variants.get(key);
    if (variant) return variant;
  }
  const base = page.variants.get('');
  if (base) return base;
  const languages = [...page.variants.keys()].join(', ');
  const message = `Template "${page.name}" has no base variant and none for ${locale}, only: ${languages}`;
  throw new MailError('template-not-found', message, { at: { template: page.name } });
}

/** @throws {MailError} `message-invalid` for what is no language tag */
export function localesOf(template: string, locale: string, find: typeof localeChain): readonly string[] {
  try {
    return find(locale);
  } catch (cause) {
    const message = `locale: expected a BCP 47 tag, got ${show(locale)}`;
    throw new MailError('message-invalid', message, { cause, at: { field: 'locale', template } });
  }
}
