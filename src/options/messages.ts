import { type Place, readParsed } from './checks.js';
import { show } from '../errors/config-report.js';
import { parseLocale } from '../message/values/locale.js';
import { DEFAULT_LOCALE } from '../render/format/locale-chain.js';
import type { MailTranslator } from '../render/i18n/translator.js';

/** The language of mails that name none, canonical. */
export function readDefaultLocale(value: string | undefined, place: Place): string {
  return readParsed(value, parseLocale, 'a language tag such as fr-CA (BCP 47)', place) ?? DEFAULT_LOCALE;
}

export function readTranslator(
  translator: MailTranslator | undefined,
  { where, report }: Place,
): MailTranslator | undefined {
  if (translator === undefined || isTranslator(translator)) return translator;
  const mend = 'For nestjs-i18n write fromI18n(i18nService)';
  report.add({ where, expected: 'an object with translate()', found: show(translator), mend });
  return undefined;
}

function isTranslator(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'translate' in value &&
    typeof value.translate === 'function'
  );
}
