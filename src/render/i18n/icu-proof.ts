import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { messageOf } from '../../errors/mail-error.js';
import type { IcuEngine } from './icu-engine.js';
import type { IcuFault } from './icu-fault.js';
import type { IcuWriter } from './icu-writer.js';
import type { ArgumentKinds } from './message-arguments.js';

/** What parses and yet cannot be written, or would not be written as meant. */
export function unwritable(
  elements: readonly MessageFormatElement[],
  kinds: ArgumentKinds,
  locale: string,
  writer: IcuWriter,
): IcuFault | undefined {
  const { engine } = writer;
  for (const element of elements) {
    const what =
      wrongStyle(element, engine) ?? wrongCases(element, engine) ?? failing(element, locale, writer);
    if (what !== undefined) return { offset: element.location?.start.offset ?? 0, what };
  }
  const [mixed] = [...kinds].find(([, used]) => used.has('date') && used.size > 1) ?? [];
  if (mixed === undefined) return undefined;
  return { offset: 0, what: `"${mixed}" is a date at one place and none at another` };
}

function wrongStyle(element: MessageFormatElement, { parser, styles }: IcuEngine): string | undefined {
  if (parser.isNumberElement(element)) return unknownStyle(element.style, styles.number, '::currency/EUR');
  if (parser.isDateElement(element)) return unknownStyle(element.style, styles.date, '::yMMMd');
  return parser.isTimeElement(element) ? unknownStyle(element.style, styles.time, '::jmm') : undefined;
}

/** The formatter takes a style it does not know for none. */
function unknownStyle(style: unknown, known: object, example: string): string | undefined {
  if (typeof style === 'string') {
    if (Object.hasOwn(known, style)) return undefined;
    return `unknown style "${style}": ${Object.keys(known).join(', ')}, or a skeleton such as ${example}`;
  }
  if (typeof style !== 'object' || style === null || !('parsedOptions' in style)) return undefined;
  const { parsedOptions } = style;
  const empty =
    typeof parsedOptions === 'object' && parsedOptions !== null && Object.keys(parsedOptions).length === 0;
  return empty ? `the skeleton says nothing that is known; write one such as ${example}` : undefined;
}

const CASE = /^(?:zero|one|two|few|many|other|=\d+)$/;

function wrongCases(element: MessageFormatElement, { parser }: IcuEngine): string | undefined {
  if (!parser.isPluralElement(element)) return undefined;
  const wrong = Object.keys(element.options).find((name) => !CASE.test(name));
  if (wrong === undefined) return undefined;
  return `"${wrong}" is no plural case: zero, one, two, few, many, other, or a number as =0`;
}

/** A style may name a currency or a unit there is not. */
function failing(element: MessageFormatElement, locale: string, writer: IcuWriter): string | undefined {
  const { parser } = writer.engine;
  const date = parser.isDateElement(element) || parser.isTimeElement(element);
  if (!date && !parser.isNumberElement(element)) return undefined;
  const values = { [element.value]: date ? new Date(0) : 1 };
  try {
    writer.write([element], values, { locale, timeZone: 'UTC' });
    return undefined;
  } catch (error) {
    return `the style cannot be used: ${messageOf(error)}`;
  }
}
