import type * as Parser from '@formatjs/icu-messageformat-parser';
import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import type { Formats, Formatters, formatToParts } from 'intl-messageformat';
import type { IntlFormats } from '../format/intl-format.js';
import type { Reader } from './template-messages.js';

/** The packages that parse and format ICU messages. */
export interface IcuEngine {
  readonly parser: typeof Parser;
  readonly formatToParts: typeof formatToParts;
  /** The styles an argument may name: `{at, date, long}`. */
  readonly styles: Formats;
}

/** Must be called only if there are messages, because it takes longer than compiling a template. */
export async function loadIcuEngine(): Promise<IcuEngine> {
  const [parser, formatter] = await Promise.all([
    import('@formatjs/icu-messageformat-parser'),
    import('intl-messageformat'),
  ]);
  const { formatToParts, IntlMessageFormat } = formatter;
  return { parser, formatToParts, styles: IntlMessageFormat.formats };
}

/** Formats parsed messages, with dates in the reader's time zone. */
export class IcuWriter {
  readonly engine: IcuEngine;
  readonly formats: IntlFormats;

  constructor(engine: IcuEngine, formats: IntlFormats) {
    this.engine = engine;
    this.formats = formats;
  }

  write(
    ast: MessageFormatElement[],
    values: Readonly<Record<string, string | number | Date>>,
    { locale, timeZone }: Reader,
  ): string {
    const { formatToParts, styles } = this.engine;
    const parts = formatToParts<never>(ast, locale, this.#formatters(timeZone), styles, values);
    return parts.map(({ value }) => value).join('');
  }

  #formatters(timeZone: string): Formatters {
    const { formats } = this;
    return {
      getNumberFormat: (locale, options) => formats.number(String(locale), { ...options }),
      getDateTimeFormat: (locale, options) => formats.date(String(locale), { timeZone, ...options }),
      getPluralRules: (locale, options) => formats.plural(String(locale), { ...options }),
    };
  }
}
