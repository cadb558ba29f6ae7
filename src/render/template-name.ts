/** What a template's, layout's or partial's name must look like. Names are looked up, never joined into a path. */
export const NAME_PATTERN = /^[A-Za-z0-9][\w-]*(\/[\w-]+)*$/;

/** What a file's path says about it. */
export interface FileName {
  readonly name: string;
  /** Canonical BCP 47 tag. */
  readonly locale?: string;
  /** A text part (`*.text.hbs`): nothing is escaped in it. */
  readonly text: boolean;
  /** Written in MJML (`*.mjml.hbs`). */
  readonly mjml?: true;
}

/** `billing/invoice.fr-CA.text.hbs`, relative to its folder and with `/`, or what is wrong with it. */
export function parseFileName(path: string): FileName | { readonly wrong: string } {
  const slash = path.lastIndexOf('/') + 1;
  const [stem = '', ...tags] = path
    .slice(slash)
    .replace(/\.hbs$/, '')
    .split('.');
  const name = path.slice(0, slash) + stem;
  if (!NAME_PATTERN.test(name)) {
    return { wrong: `"${name}" cannot be a template name: use letters, digits, "_" and "-"` };
  }
  const kind = tags.at(-1);
  const text = kind === 'text';
  const [tag, ...surplus] = text || kind === 'mjml' ? tags.slice(0, -1) : tags;
  const own = { name, text, ...(kind === 'mjml' && { mjml: true as const }) };
  if (tag === undefined) return own;
  const locale = canonicalLocale(tag);
  if (locale === undefined || surplus.length > 0) return { wrong: wrongTag(tag, surplus) };
  return { ...own, locale };
}

function wrongTag(tag: string, surplus: readonly string[]): string {
  if (surplus.length > 0)
    return `expected name[.locale][.text or .mjml].hbs, found ".${[tag, ...surplus].join('.')}"`;
  return wrongLocale(tag);
}

/** What to say about a tag that is no locale. */
export function wrongLocale(tag: string): string {
  const corrected = canonicalLocale(tag.replaceAll('_', '-'));
  return `"${tag}" is no locale (BCP 47)${corrected ? `; write ${corrected}` : ''}`;
}

export function canonicalLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
