import { z } from 'zod';

/** Refuses control characters, line ends of any kind and half surrogate pairs; all other letters are welcome. */
const ONE_LINE = /^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u;

/** The answer to a body that is absent, an array, or not JSON at all. */
export const NOT_AN_OBJECT = 'the body must be a JSON object, sent as application/json';

/** One line that a person writes about themselves, in any script. */
export const line = (maximum: number) =>
  z
    .string()
    .regex(ONE_LINE, 'must be one line without control characters')
    .trim()
    .min(1, 'must not be empty')
    .max(maximum, `must be at most ${maximum} characters long`);

export const email = z.string().max(254).pipe(z.email('must be an email address'));

/** A BCP 47 language tag such as `fr` or `fr-CA`. */
export const locale = z
  .string()
  .max(35)
  .refine(isLanguageTag, 'must be a language tag such as "fr" or "fr-CA"');

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
