import { show } from '../../errors/show.js';
import { parseLine } from './line.js';
import { invalid } from './refusal.js';

const MAX_TAG = 100;

/** The default language of mails. */
export const DEFAULT_LOCALE = 'en';

/**
 * Reads a language tag and returns its canonical form: `fr-ca` → `fr-CA` (BCP 47).
 * @throws {MailError} `message-invalid`
 */
export function parseLocale(value: unknown, field: string): string {
  const tag = parseLine(value, field, MAX_TAG);
  const canonical = canonicalLocale(tag);
  if (canonical !== undefined) return canonical;
  const meant = likelyLocale(tag);
  const fix = meant === undefined ? undefined : `Write ${meant}`;
  throw invalid({ field, expected: 'a language tag such as fr-CA (BCP 47)', found: show(tag), fix });
}

/** Undefined if the text is not a language tag. */
export function canonicalLocale(tag: string): string | undefined {
  // Only Node 26 takes "undetermined" (RFC 5646 §4.1) for a language.
  if (/^und\b/i.test(tag)) return undefined;
  try {
    const locale = new Intl.Locale(tag);
    // BCP 47 has registered no language subtag of five to eight letters: `french` is a word.
    return locale.language.length <= 3 ? locale.toString() : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether `Intl` knows the language of a tag, or the tag names a region, as no ordinary word does. */
export function isKnownLocale(tag: string): boolean {
  const locale = new Intl.Locale(tag);
  return locale.region !== undefined || NAMES.language.of(locale.language) !== undefined;
}

/** Guesses the tag that an invalid one was meant to be: `en_GB` → `en-GB`, `French` → `fr`, `jp` → `ja`. */
export function likelyLocale(tag: string): string | undefined {
  const hyphened = canonicalLocale(tag.replaceAll('_', '-'));
  if (hyphened !== undefined && isKnownLocale(hyphened)) return hyphened;
  return languageCalled(tag) ?? languageOfRegion(tag);
}

const NAMES = {
  language: new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }),
  region: new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }),
};

function languageCalled(word: string): string | undefined {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  return codes.find((code) => NAMES.language.of(code)?.toLowerCase() === word.toLowerCase());
}

function languageOfRegion(code: string): string | undefined {
  if (!/^[a-z]{2}$/i.test(code) || NAMES.region.of(code.toUpperCase()) === undefined) return undefined;
  return new Intl.Locale(`und-${code}`).maximize().language;
}
