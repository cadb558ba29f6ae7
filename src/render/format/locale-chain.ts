import { LruCache } from './lru-cache.js';

/**
 * The parent locales of CLDR 48 (2025-10-29) that a shorter tag does not give: `supplemental/parentLocales.json`
 * of cldr-core 48.2.0 (Unicode License v3). Parents in another language are left out (`ht` has `fr-HT`), and so are
 * those of scripts, which follow a rule: a script that is not the language's likeliest has the root as its parent.
 */
const CHILDREN = {
  'en-001':
    '150 AG AI AU BB BM BS BW BZ CC CK CM CX CY DG DM ER FJ FK FM GB GD GG GH GI GM GS GY HK ID IE IL IM IN IO JE JM KE KI KN KY LC LR LS MG MO MS MT MU MV MW MY NA NF NG NR NU NZ PG PK PN PW RW SB SC SD SG SH SL SS SX SZ TC TK TO TT TV TZ UG VC VG VU WS ZA ZM ZW',
  'en-150': 'AT BE CH CZ DE DK EE ES FI FR GE HU IT LT LV NL NO PL PT RO SE SI SK UA',
  'es-419': 'AR BO BR BZ CL CO CR CU DO EC GT HN JP MX NI PA PE PR PY SV US UY VE',
  'pt-PT': 'AO CH CV FR GQ GW LU MO MZ ST TL',
  'zh-Hant-HK': 'MO',
  no: 'nb nn',
} as const;

/** Parents by tag, where leaving out the last subtag does not give the parent. */
const LOCALE_PARENTS: ReadonlyMap<string, string> = new Map(
  Object.entries(CHILDREN).flatMap(([parent, children]) =>
    children.split(' ').map((child): [string, string] => [childTag(parent, child), parent]),
  ),
);

/** Puts a child that is a region in the place of its parent's region. */
function childTag(parent: string, child: string): string {
  return parent.includes('-') ? parent.replace(/[^-]+$/, child) : child;
}

/**
 * Locales to use for others that are missing, before their parents. CLDR's choice for English outside America is
 * British English (`paradigmLocales` of `languageMatching.json`), and `no` means Norwegian Bokmål (distance 1 there).
 */
const STAND_INS: ReadonlyMap<string, string> = new Map([
  ['en-001', 'en-GB'],
  ['no', 'nb'],
]);

/** Languages written in several scripts (the same file of CLDR), whose script people write in the tag. */
const SEVERAL_SCRIPTS: ReadonlySet<string> = new Set(
  'az bal blt bm bs byn cu dje dyo ff ha iu kaa kk kok ks ku kxv ky ml mn mni ms pa sat sd shi so sr suz sw tg ug uz vai wo yo yue zh'.split(
    ' ',
  ),
);

/** Bounds the chains kept, because languages come with the mails. */
const MAX_CHAINS = 500;

/** Chains by locale, kept because reading a tag costs more than rendering a short text. */
const chains = new LruCache<readonly string[]>(MAX_CHAINS);

/**
 * The locales to try for one, nearest first, without extensions: `es-MX`, `es-419`, `es`, `es-ES`.
 * Each is followed by its parent (CLDR, UTS #35 part 1, 4.1.3), and has other spellings: with the script that its
 * region makes likely (`zh-TW` is `zh-Hant-TW`), and with the likeliest region (`de` is `de-DE`). A language in
 * another script is not related: `zh-Hant` does not lead to `zh`. The base variant, which has no locale, comes
 * after all of them and is not listed.
 * @throws {RangeError} for a tag that is not BCP 47
 */
export function localeChain(locale: string): readonly string[] {
  return chains.getOrMake(locale, () => chainOf(locale, (tag) => [...spellings(tag), ...likelyRegion(tag)]));
}

/**
 * The same without likeliest regions, for queries that each cost time, and for messages.
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

/** Writes a tag as CLDR does: with its script only if that is not the language's likeliest. */
function canonical(tag: string): string {
  const { script = scriptOf(tag) } = new Intl.Locale(tag);
  const [language = tag, ...rest] = tag.split('-').filter((subtag) => subtag !== script);
  return [language, ...(script === scriptOf(language) ? [] : [script]), ...rest].join('-');
}

/** The parent of a tag; none for a language in a script that is not its likeliest. */
function parentOf(tag: string): string | undefined {
  const parent = LOCALE_PARENTS.get(tag);
  if (parent !== undefined) return parent;
  const shorter = tag.split('-').slice(0, -1).join('-');
  return shorter === '' || tag === [shorter, new Intl.Locale(tag).script].join('-') ? undefined : shorter;
}

/** The tag, and its spelling without the script that its region implies, or with the script that it leaves out. */
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
