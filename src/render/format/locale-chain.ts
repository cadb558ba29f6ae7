import { LOCALE_PARENTS, SEVERAL_SCRIPTS, STAND_INS } from './locale-parents.js';

/** Languages come with the mails. */
const MAX_CHAINS = 500;

/** Reading a tag costs more than rendering a short text. */
const chains = new Map<string, readonly string[]>();

/**
 * The locales to try for one that was asked for, nearest first, without extensions: `es-MX`, `es-419`, `es`, `es-ES`.
 * Each is followed by its parent (CLDR, UTS #35 part 1, 4.1.3), and has other spellings: the script its
 * region makes likely (`zh-TW` is `zh-Hant-TW`), and the region that is likeliest (`de` is `de-DE`). Languages
 * in another script are no relatives: `zh-Hant` does not lead to `zh`. The base variant, which has no locale,
 * comes after them.
 * @throws {RangeError} for a tag that is not BCP 47
 */
export function localeChain(locale: string): readonly string[] {
  const known = chains.get(locale);
  if (known) return known;
  const chain = chainOf(locale, (tag) => [...spellings(tag), ...likelyRegion(tag)]);
  if (chains.size >= MAX_CHAINS) chains.clear();
  chains.set(locale, chain);
  return chain;
}

/**
 * The same without the regions that no tag names: where each costs a query, and for people to read.
 * @throws {RangeError} for a tag that is not BCP 47
 */
export function localeParents(locale: string): readonly string[] {
  return chainOf(locale, spellings);
}

/** Whether two locales are in one language, whatever their regions and scripts. */
export function isSameLanguage(one: string, other: string): boolean {
  return languageOf(one) === languageOf(other);
}

function languageOf(tag: string): string {
  const [language = tag] = tag.split('-', 1);
  return STAND_INS.get(language) ?? language;
}

function chainOf(locale: string, namesOf: (tag: string) => readonly string[]): readonly string[] {
  const asked = new Intl.Locale(locale).baseName;
  const tags = [asked];
  for (let tag: string | undefined = canonical(asked); tag !== undefined; tag = parentOf(tag)) {
    tags.push(...namesOf(tag));
    const standIn = STAND_INS.get(tag);
    if (standIn !== undefined) tags.push(standIn);
  }
  return [...new Set(tags)];
}

/** The tag as CLDR has it: with its script where that is not the language's likeliest, else without. */
function canonical(tag: string): string {
  const { script = scriptOf(tag) } = new Intl.Locale(tag);
  const [language = tag, ...rest] = tag.split('-').filter((subtag) => subtag !== script);
  return [language, ...(script === scriptOf(language) ? [] : [script]), ...rest].join('-');
}

/** What to read where a tag is not there; a script that is not the language's likeliest has no relatives. */
function parentOf(tag: string): string | undefined {
  const parent = LOCALE_PARENTS.get(tag);
  if (parent !== undefined) return parent;
  const shorter = tag.split('-').slice(0, -1).join('-');
  return shorter === '' || tag === [shorter, new Intl.Locale(tag).script].join('-') ? undefined : shorter;
}

/** The tag and the same without the script that its region says anyway, or with the one that it leaves out. */
function spellings(tag: string): readonly string[] {
  const { script } = new Intl.Locale(tag);
  const [language = tag, ...rest] = tag.split('-').filter((subtag) => subtag !== script);
  const bare = [language, ...rest].join('-');
  const likely = scriptOf(bare);
  if (script !== undefined) return script === likely ? [bare, tag] : [tag];
  return SEVERAL_SCRIPTS.has(language) && likely ? [[language, likely, ...rest].join('-'), tag] : [tag];
}

function likelyRegion(tag: string): readonly string[] {
  const { region } = new Intl.Locale(tag).maximize();
  const named = region === undefined || !/^[a-z]+(-[A-Z][a-z]{3})?$/.test(tag);
  return named ? [] : spellings(`${tag}-${region}`);
}

function scriptOf(tag: string): string | undefined {
  return new Intl.Locale(tag).maximize().script;
}
