import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import type { Formatters } from 'intl-messageformat';
import type { IntlFormats } from '../format/intl-format.js';
import type { IcuEngine } from './icu-engine.js';
import type { ArgumentValues } from './message-arguments.js';

/** For whom a message is written. */
export interface Reader {
  readonly locale: string;
  readonly timeZone: string;
}

/** Writes parsed messages; dates in the reader's time zone, with formats that are made once. */
export class IcuWriter {
  readonly engine: IcuEngine;
  readonly formats: IntlFormats;

  constructor(engine: IcuEngine, formats: IntlFormats) {
    this.engine = engine;
    this.formats = formats;
  }

  write(ast: MessageFormatElement[], values: ArgumentValues, { locale, timeZone }: Reader): string {
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
