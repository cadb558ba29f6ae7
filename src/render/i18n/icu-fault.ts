/** The reason why a text is not an ICU message. */
export interface IcuFault {
  /** Index into the text. */
  readonly offset: number;
  readonly what: string;
}

/** Explanations of the names that the parser gives its errors. */
const WORDS: Readonly<Record<string, string>> = {
  EXPECT_ARGUMENT_CLOSING_BRACE: 'this "{" is never closed',
  EMPTY_ARGUMENT: '"{}" names no argument; a literal brace is written \'{\'',
  MALFORMED_ARGUMENT: 'expected an argument: {name}, {name, number}, {name, plural, …}',
  EXPECT_ARGUMENT_TYPE: 'expected number, date, time, plural, selectordinal or select after the comma',
  INVALID_ARGUMENT_TYPE: 'expected number, date, time, plural, selectordinal or select',
  EXPECT_ARGUMENT_STYLE: 'expected a style after the comma',
  INVALID_NUMBER_SKELETON: 'the number skeleton after "::" is not readable',
  INVALID_DATE_TIME_SKELETON: 'the date skeleton after "::" is not readable',
  EXPECT_NUMBER_SKELETON: 'expected a number skeleton after "::", e.g. ::currency/EUR',
  EXPECT_DATE_TIME_SKELETON: 'expected a date skeleton after "::", e.g. ::yMMMd',
  UNCLOSED_QUOTE_IN_ARGUMENT_STYLE: 'this apostrophe quotes, and no second one ends it',
  EXPECT_SELECT_ARGUMENT_OPTIONS: 'expected cases: {name, select, a {…} other {…}}',
  EXPECT_PLURAL_ARGUMENT_OFFSET_VALUE: 'expected a whole number after "offset:"',
  INVALID_PLURAL_ARGUMENT_OFFSET_VALUE: 'expected a whole number after "offset:"',
  EXPECT_SELECT_ARGUMENT_SELECTOR: 'expected a case: name {…}',
  EXPECT_PLURAL_ARGUMENT_SELECTOR: 'expected a case: one {…}, other {…} or =0 {…}',
  EXPECT_SELECT_ARGUMENT_SELECTOR_FRAGMENT: 'expected the text of this case in braces',
  EXPECT_PLURAL_ARGUMENT_SELECTOR_FRAGMENT: 'expected the text of this case in braces',
  INVALID_PLURAL_ARGUMENT_SELECTOR: 'expected a whole number after "="',
  DUPLICATE_PLURAL_ARGUMENT_SELECTOR: 'this case is given twice',
  DUPLICATE_SELECT_ARGUMENT_SELECTOR: 'this case is given twice',
  MISSING_OTHER_CLAUSE: 'the case "other {…}" is missing',
};

/**
 * Explains an error of the parser.
 * @param text the message
 */
export function icuFault(error: unknown, text: string): IcuFault {
  const message = textAt(error, 'message');
  const quotes = QUOTE.test(text) ? `; ${QUOTE_ADVICE}` : '';
  return { offset: offsetOf(error), what: `${WORDS[message] ?? message}${quotes}` };
}

/** Matches the beginning of a quoted text, as in `l'{thing}`, which may swallow the end of an argument. */
const QUOTE = /(?<!')'[{}]/;

const QUOTE_ADVICE = "an apostrophe before a brace quotes it; for an apostrophe, write ’ or ''";

function offsetOf(error: unknown): number {
  const start = fieldAt(fieldAt(error, 'location'), 'start');
  const offset = fieldAt(start, 'offset');
  return typeof offset === 'number' ? offset : 0;
}

function textAt(value: unknown, name: string): string {
  const text = fieldAt(value, name);
  return typeof text === 'string' ? text : 'it cannot be parsed';
}

function fieldAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
