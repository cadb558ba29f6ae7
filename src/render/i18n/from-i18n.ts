import { ContextFault } from '../faults/context-fault.js';
import type { MailTranslator } from './translator.js';

/** The part of the `I18nService` of `nestjs-i18n` that is used here. */
export interface I18nTranslations {
  translate(key: string, options?: { lang?: string; args?: Record<string, unknown> }): unknown;
}

/**
 * The texts of `nestjs-i18n` for `{{t}}`: `templates: { translator: fromI18n(i18nService) }`. Its own
 * rules fall back to other languages. A key it does not have, which it answers with the key itself, or
 * whose text is empty, is looked up in the catalogs; a key that stands for a group of texts is `context-invalid`.
 */
export function fromI18n(i18n: I18nTranslations): MailTranslator {
  return {
    translate(key, { locale, args }) {
      const text = i18n.translate(key, { lang: locale, args: { ...args } });
      if (text === key || text === undefined || text === '') return undefined;
      if (typeof text === 'string') return text;
      throw new ContextFault(`"${key}" is a group of texts in nestjs-i18n; name one of them`);
    },
  };
}
