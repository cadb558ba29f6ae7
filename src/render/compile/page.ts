import { show } from '../../errors/show.js';
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

/** The compiled bodies of a template. */
export interface CompiledBodies {
  readonly bodies: (context: object, data: RenderData) => Bodies;
  /** Says whether the styles of its HTML were inlined at compile time; absent without HTML. */
  readonly fastPath?: FastPath;
  /** Says whether its text is derived without parsing its HTML again; absent where no text is derived. */
  readonly textPath?: FastPath;
  /**
   * Counts the selectors of linked style sheets that inlining left out. Where styles are inlined for each mail, it
   * counts for the last mail; undefined before the first.
   */
  readonly dropped?: () => number | undefined;
}

/** One compiled language of a template. */
export interface PageVariant {
  /** Absent in the base variant. */
  readonly locale?: string;
  readonly subject?: Rendering;
  readonly preheader?: Rendering;
  /** Compiles its bodies on the first call. */
  readonly compiled?: () => CompiledBodies;
  /** Faults that an edit brought in; with any, it cannot be rendered. */
  readonly faults: readonly TemplateFault[];
}

/** A compiled template. */
export interface Page {
  readonly name: string;
  readonly namespace: string;
  readonly variants: ReadonlyMap<string, PageVariant>;
}

/** Finds the variant of the nearest language. One mail never mixes languages. */
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

/** @throws {MailError} `message-invalid` for a locale that is no language tag */
export function localesOf(template: string, locale: string, find: typeof localeChain): readonly string[] {
  try {
    return find(locale);
  } catch (cause) {
    const message = `locale: expected a BCP 47 tag, got ${show(locale)}`;
    throw new MailError('message-invalid', message, { cause, at: { field: 'locale', template } });
  }
}
