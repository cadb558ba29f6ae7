import { canonicalLocale, isKnownLocale, likelyLocale } from '../../message/values/locale.js';
import type { FileName } from './template-file.js';

/** Matches the names of templates, layouts and partials. Names are looked up, never joined into a path. */
export const NAME_PATTERN = /^[A-Za-z0-9][\w-]*(\/[\w-]+)*$/;

/** The reason why a file's name cannot be used, and how to fix it. */
interface WrongName {
  readonly wrong: string;
  readonly fix: string;
}

/** @param path e.g. `billing/invoice.fr-CA.text.hbs`, relative to its folder */
export function parseFileName(path: string): FileName | WrongName {
  const slash = path.lastIndexOf('/') + 1;
  const [stem = '', ...tags] = path
    .slice(slash)
    .replace(/\.hbs$/, '')
    .split('.');
  const name = path.slice(0, slash) + stem;
  if (!NAME_PATTERN.test(name)) {
    const wrong = `"${name}" cannot be a template name: use letters, digits, "_" and "-"`;
    return { wrong, fix: 'Rename the file' };
  }
  const kind = tags.at(-1);
  const text = kind === 'text';
  const [tag, ...surplus] = text || kind === 'mjml' ? tags.slice(0, -1) : tags;
  const own = { name, text, ...(kind === 'mjml' && { mjml: true as const }) };
  if (tag === undefined) return own;
  const locale = fileLocale(tag);
  return locale === undefined || surplus.length > 0 ? wrongTags(stem, tags) : { ...own, locale };
}

/**
 * The locale of a file, undefined if it is not one. Refuses tags that are no known language, which a mail may
 * have: in a file's name they are more likely a word, as in `order.due.hbs`, or the ending of another engine.
 */
export function fileLocale(tag: string): string | undefined {
  const locale = canonicalLocale(tag);
  if (locale === undefined || ENDINGS.has(tag)) return undefined;
  return isKnownLocale(locale) ? locale : undefined;
}

/** Endings for a kind of file in other engines, and the one to use here. Some endings are also language tags. */
const ENDINGS: ReadonlyMap<string, string> = new Map([
  ['hbs', '.hbs'],
  ['html', '.hbs'],
  ['htm', '.hbs'],
  ['txt', '.text.hbs'],
  ['plain', '.text.hbs'],
]);

function wrongTags(stem: string, tags: readonly string[]): WrongName {
  const [first = ''] = tags;
  const words = tags.filter((tag) => !KINDS.has(tag));
  const wrong =
    words.length > 1
      ? `expected name[.locale][.text or .mjml].hbs, found ".${tags.join('.')}"`
      : wrongLocale(words[0] ?? first);
  const kind = tags.find((tag) => KINDS.has(tag));
  return { wrong, fix: `Rename the file: ${newName(stem, words, kind && `.${kind}.hbs`)}` };
}

const KINDS: ReadonlySet<string> = new Set(['text', 'mjml']);

/** Replaces the ending of another engine, corrects a language, and moves any other word into the name. */
function newName(stem: string, words: readonly string[], ending: string | undefined): string {
  const endings = words.flatMap((word) => ENDINGS.get(word) ?? []);
  const others = words.filter((word) => !ENDINGS.has(word));
  const locales = others.flatMap((word) => fileLocale(word) ?? likelyLocale(word) ?? []);
  const own = others.filter((word) => (fileLocale(word) ?? likelyLocale(word)) === undefined);
  const name = [stem, ...own].join('-');
  const file = `${[name, ...locales.slice(0, 1)].join('.')}${ending ?? endings[0] ?? '.hbs'}`;
  return own.length > 0 ? `${file} has the name "${name}"` : file;
}

export function wrongLocale(tag: string): string {
  const meant = likelyLocale(tag);
  return `"${tag}" is no locale (BCP 47)${meant ? `; write ${meant}` : ''}`;
}
