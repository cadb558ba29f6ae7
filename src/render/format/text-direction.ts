import { LruCache } from './lru-cache.js';

export type TextDirection = 'ltr' | 'rtl';

/** Scripts in use that are written from right to left (ISO 15924). */
const RIGHT_TO_LEFT = new Set('Adlm Arab Aran Hebr Mand Mend Nkoo Rohg Samr Syrc Thaa'.split(' '));

/** Bounds the directions kept, because locales come with the mails. */
const MAX_KNOWN = 500;

const directions = new LruCache<TextDirection>(MAX_KNOWN);

/** The direction in which the language of a locale is written. @param locale canonical BCP 47 */
export function directionOf(locale: string): TextDirection {
  return directions.getOrMake(locale, () => {
    const script = new Intl.Locale(locale).maximize().script ?? '';
    return RIGHT_TO_LEFT.has(script) ? 'rtl' : 'ltr';
  });
}
