import type { MessageFormatElement, PluralElement, SelectElement } from '@formatjs/icu-messageformat-parser';
import { messageOf } from '../../errors/mail-error.js';
import { ContextFault } from '../faults/context-fault.js';
import type { IcuEngine, IcuWriter } from './icu-engine.js';
import { icuFault, type IcuFault } from './icu-fault.js';
import { argumentValues, type ArgumentKind, type ArgumentKinds } from './message-arguments.js';
import type { Reader } from './template-messages.js';

type Parser = IcuEngine['parser'];

/** A `plural` or `selectordinal` of a message. */
export interface PluralCases {
  readonly argument: string;
  readonly type: 'cardinal' | 'ordinal';
  readonly offset: number;
  /** `one`, `other`, `=0`, … */
  readonly cases: readonly string[];
}

/** Text that would be an argument if no apostrophe quoted it. */
export interface QuotedArgument {
  readonly argument: string;
  /** Index of the literal that contains it. */
  readonly offset: number;
}

/** A message that has been proven to format arguments of the right kinds. */
export interface IcuMessage {
  readonly kinds: ArgumentKinds;
  readonly plurals: readonly PluralCases[];
  readonly quoted: readonly QuotedArgument[];
  /**
   * @param label makes the name of the message for a fault
   * @throws {ContextFault} for an argument that is missing or of the wrong kind
   */
  write(args: Readonly<Record<string, unknown>>, reader: Reader, label: () => string): string;
}

/** Parses a text, and tries everything in it that could still fail while a mail is rendered. */
export function icuMessage(text: string, locale: string, writer: IcuWriter): IcuMessage | IcuFault {
  // Most messages are plain, and parsing all those of an application would slow down the boot.
  if (!SYNTAX.test(text)) return { ...NOTHING, write: () => text };
  const { parser } = writer.engine;
  // Tags are plain text, which is escaped where html is printed.
  const options = { ignoreTag: true, locale: new Intl.Locale(locale) };
  // Locations are parsed only for a fault, because they take more memory than all the rest.
  const located = (): readonly MessageFormatElement[] =>
    elementsOf(parser.parse(text, { ...options, captureLocation: true }), parser);
  try {
    const ast = parser.parse(text, options);
    const elements = elementsOf(ast, parser);
    const kinds = argumentKinds(elements, writer.engine);
    const fault = unwritable(elements, kinds, locale, writer);
    if (fault) return unwritable(located(), kinds, locale, writer) ?? fault;
    const plurals = elements.filter(parser.isPluralElement).map(pluralCases);
    const quoted = quotedArguments(elements, parser).length > 0 ? quotedArguments(located(), parser) : [];
    return parsedMessage(withOwnCasesOnly(ast, parser), { kinds, plurals, quoted }, writer);
  } catch (error) {
    return icuFault(error, text);
  }
}

/** Matches the characters without which a message is plain text. */
const SYNTAX = /[{}'<]/;

const NOTHING = { kinds: new Map(), plurals: [], quoted: [] } as const;

function parsedMessage(
  ast: MessageFormatElement[],
  facts: Omit<IcuMessage, 'write'>,
  writer: IcuWriter,
): IcuMessage {
  return {
    ...facts,
    write(args, reader, label) {
      const dates = { timeZone: reader.timeZone, formats: writer.formats };
      const values = argumentValues(facts.kinds, args, dates, label);
      try {
        return writer.write(ast, values, reader);
      } catch (error) {
        throw new ContextFault(`${label()} cannot be written: ${messageOf(error)}`, { cause: error });
      }
    },
  };
}

function argumentKinds(elements: readonly MessageFormatElement[], engine: IcuEngine): ArgumentKinds {
  const kinds = new Map<string, Set<ArgumentKind>>();
  for (const element of elements) {
    const kind = kindOf(element, engine);
    if (!kind || !('value' in element)) continue;
    kinds.set(element.value, (kinds.get(element.value) ?? new Set<ArgumentKind>()).add(kind));
  }
  return kinds;
}

function kindOf(element: MessageFormatElement, { parser }: IcuEngine): ArgumentKind | undefined {
  if (parser.isArgumentElement(element)) return 'text';
  if (parser.isSelectElement(element)) return 'choice';
  if (parser.isNumberElement(element) || parser.isPluralElement(element)) return 'number';
  return parser.isDateElement(element) || parser.isTimeElement(element) ? 'date' : undefined;
}

/** A literal with a brace was quoted, because any other brace begins an argument. */
function quotedArguments(
  elements: readonly MessageFormatElement[],
  parser: Parser,
): readonly QuotedArgument[] {
  return elements.filter(parser.isLiteralElement).flatMap(({ value, location }) => {
    const offset = location?.start.offset ?? 0;
    return [...value.matchAll(QUOTED)].map(([, argument = '']) => ({ argument, offset }));
  });
}

const QUOTED = /\{\s*([\w.-]+)\s*[,}]/g;

function pluralCases({ value, pluralType, offset, options }: PluralElement): PluralCases {
  return { argument: value, type: pluralType ?? 'cardinal', offset, cases: Object.keys(options) };
}

/** Every element of a message and of its cases. */
function elementsOf(ast: readonly MessageFormatElement[], parser: Parser): readonly MessageFormatElement[] {
  return ast.flatMap((element) => [
    element,
    ...casesOf(element, parser).flatMap((inner) => elementsOf(inner, parser)),
  ]);
}

/**
 * Removes the prototypes of cases. The formatter looks a case up by a value of the context, which may be
 * `constructor`.
 */
function withOwnCasesOnly(ast: readonly MessageFormatElement[], parser: Parser): MessageFormatElement[] {
  return ast.map((element) => {
    if (!hasCases(element, parser)) return element;
    const cases = Object.entries(element.options).map(
      ([name, { value }]) => [name, { value: withOwnCasesOnly(value, parser) }] as const,
    );
    const options = Object.fromEntries(cases);
    Object.setPrototypeOf(options, null);
    return { ...element, options };
  });
}

function casesOf(
  element: MessageFormatElement,
  parser: Parser,
): ReadonlyArray<readonly MessageFormatElement[]> {
  return hasCases(element, parser) ? Object.values(element.options).map(({ value }) => value) : [];
}

function hasCases(element: MessageFormatElement, parser: Parser): element is SelectElement | PluralElement {
  return parser.isSelectElement(element) || parser.isPluralElement(element);
}

/** Finds a mistake that parses, but cannot be formatted, or not as meant. */
function unwritable(
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

/** Finds a style that the formatter does not know and would silently ignore. */
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

/** Tries a style, which may name a currency or a unit that does not exist. */
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
