import type { MessageFormatElement, PluralElement } from '@formatjs/icu-messageformat-parser';
import { messageOf } from '../../mail.errors.js';
import { ContextFault } from '../context-fault.js';
import { elementsOf, withOwnCasesOnly } from './icu-elements.js';
import type { IcuEngine } from './icu-engine.js';
import { icuFault, type IcuFault } from './icu-fault.js';
import { unwritable } from './icu-proof.js';
import type { IcuWriter, Reader } from './icu-writer.js';
import { argumentValues, type ArgumentKind, type ArgumentKinds } from './message-arguments.js';

/** A `plural` or `selectordinal` of a message. */
export interface PluralCases {
  readonly argument: string;
  readonly type: 'cardinal' | 'ordinal';
  readonly offset: number;
  /** `one`, `other`, `=0`, … */
  readonly cases: readonly string[];
}

/** A message that is known to be writable for every argument of the right kind. */
export interface IcuMessage {
  readonly kinds: ArgumentKinds;
  readonly plurals: readonly PluralCases[];
  /**
   * @param label what faults call the message; asked for only then
   * @throws {ContextFault} for an argument that is missing or of another kind
   */
  write(args: Readonly<Record<string, unknown>>, reader: Reader, label: () => string): string;
}

/** Parses a text, and tries out everything in it that could still fail while a mail is rendered. */
export function icuMessage(text: string, locale: string, writer: IcuWriter): IcuMessage | IcuFault {
  const { parser } = writer.engine;
  try {
    // Tags are text like any other, and escaped where html is printed.
    const options = { ignoreTag: true, locale: new Intl.Locale(locale), captureLocation: true };
    const ast = parser.parse(text, options);
    const elements = elementsOf(ast, parser);
    const kinds = argumentKinds(elements, writer.engine);
    const fault = unwritable(elements, kinds, locale, writer);
    if (fault) return fault;
    const plurals = elements.filter(parser.isPluralElement).map(pluralCases);
    return new ParsedMessage(withOwnCasesOnly(ast, parser), kinds, plurals, writer);
  } catch (error) {
    return icuFault(error);
  }
}

class ParsedMessage implements IcuMessage {
  readonly kinds: ArgumentKinds;
  readonly plurals: readonly PluralCases[];
  readonly #ast: MessageFormatElement[];
  readonly #writer: IcuWriter;

  constructor(
    ast: MessageFormatElement[],
    kinds: ArgumentKinds,
    plurals: readonly PluralCases[],
    writer: IcuWriter,
  ) {
    this.#ast = ast;
    this.kinds = kinds;
    this.plurals = plurals;
    this.#writer = writer;
  }

  write(args: Readonly<Record<string, unknown>>, reader: Reader, label: () => string): string {
    const dates = { timeZone: reader.timeZone, formats: this.#writer.formats };
    const values = argumentValues(this.kinds, args, dates, label);
    try {
      return this.#writer.write(this.#ast, values, reader);
    } catch (error) {
      throw new ContextFault(`${label()} cannot be written: ${messageOf(error)}`, { cause: error });
    }
  }
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

function pluralCases({ value, pluralType, offset, options }: PluralElement): PluralCases {
  return { argument: value, type: pluralType ?? 'cardinal', offset, cases: Object.keys(options) };
}
