import type * as Parser from '@formatjs/icu-messageformat-parser';
import type { formatToParts, Formats } from 'intl-messageformat';

/** What reads and writes ICU messages. */
export interface IcuEngine {
  readonly parser: typeof Parser;
  readonly formatToParts: typeof formatToParts;
  /** The styles an argument may name: `{at, date, long}`. */
  readonly styles: Formats;
}

/** Loaded only where there are messages: it takes longer than compiling a template. */
export async function loadIcuEngine(): Promise<IcuEngine> {
  const [parser, formatter] = await Promise.all([
    import('@formatjs/icu-messageformat-parser'),
    import('intl-messageformat'),
  ]);
  const { formatToParts, IntlMessageFormat } = formatter;
  return { parser, formatToParts, styles: IntlMessageFormat.formats };
}
