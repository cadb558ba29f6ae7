import { ConfigReport } from '../../src/errors/config-report.js';
import { At, type Reader } from '../../src/reader/option.js';
import {
  classes,
  FILE,
  FLAG,
  FOLDER,
  FOLDERS,
  isClass,
  line,
  oneOf,
  TEXTS,
  TIMER,
  whole,
} from '../../src/reader/kinds.js';

class Klass {
  readonly own = 1;
}

const isKlass = (value: unknown): value is typeof Klass => isClass(value);

const SECRET = line('a text without control characters', undefined, { secret: true });

function read(reader: Reader<unknown>, value: unknown): unknown {
  const report = new ConfigReport();
  const made = reader.read(value, new At('x', report));
  const lines = report.problems.map((problem) => report.line(problem));
  return lines.length > 0 ? lines.join('\n') : made;
}

test.each<[Reader<unknown>, unknown]>([
  [whole(), 1],
  [whole({ min: 0 }), 0],
  [whole({ max: 5 }), 5],
  [TIMER, 2 ** 31 - 1],
  [FLAG, false],
  [oneOf(['a', 'b']), 'b'],
  [line('text'), ''],
  [FOLDER, 'a/b'],
  [FILE, 'a/b.db'],
  [TEXTS, []],
  [FOLDERS, ['a', '/b']],
  [classes(isKlass), [Klass]],
])('%o takes %p as it is', (reader, value) => {
  expect(read(reader, value)).toEqual(value);
});

test.each<[string, Reader<unknown>, unknown, string]>([
  ['a fraction', whole(), 1.5, 'a whole number from 1 to 9007199254740991, got 1.5.'],
  ['text for a number', whole(), '5', 'got "5".'],
  ['not a number', whole(), Number.NaN, 'got NaN.'],
  [
    'more than the bound',
    whole({ max: 5, unit: 'pixels' }),
    6,
    'a whole number of pixels from 1 to 5, got 6.',
  ],
  ['longer than a timer', TIMER, 2 ** 31, 'from 1 to 2147483647, got 2147483648.'],
  ['a word for a flag', FLAG, 'yes', 'true or false, got "yes".'],
  ['a capital in code', oneOf(['off']), 'OFF', 'one of off, got "OFF". Did you mean "off"?'],
  ['two lines', line('text'), 'a\nb', 'text, got "a\\nb".'],
  ['a secret', SECRET, 'hunter2\n', 'got something else (not shown).'],
  ['a home folder', FOLDER, '~/x', 'a folder, got "~/x". Only a shell knows ~: write the folder out.'],
  ['a folder for a file', FILE, 'a/', 'That is a folder: name a file in it.'],
  ['nothing for a folder', FOLDER, '', 'a folder, got "".'],
  ['an empty text', TEXTS, ['a', ''], 'an array of strings, got an array.'],
  ['one bad folder', FOLDERS, ['a', 'file:b'], 'x[1]: expected a folder, got "file:b". Write the path alone'],
  [
    'an instance',
    classes(isKlass),
    [new Klass()],
    'x[0]: expected a class of your own or of a library, got an object, perhaps',
  ],
  ['an arrow function', classes(isKlass), [() => 1], 'x[0]: expected a class'],
  ['a class of the language', classes(isKlass), [Object], 'x[0]: expected a class'],
])('%s is refused', (_, reader, value, says) => {
  expect(read(reader, value)).toContain(says);
});

test.each<[string, Reader<unknown>, string, unknown]>([
  ['digits', whole({ max: 90 }), '25', 25],
  ['too many digits', whole({ max: 90 }), '91', undefined],
  ['hexadecimal digits', whole(), '0x10', undefined],
  ['a word for yes', FLAG, 'On', true],
  ['a word for no', FLAG, '0', false],
  ['another word', FLAG, 'maybe', undefined],
  ['capitals', oneOf(['off']), 'OFF', 'off'],
  ['seconds', TIMER, '30s', 30_000],
  ['minutes', TIMER, '2m', 120_000],
  ['milliseconds', TIMER, '15', 15],
  ['too long a time', TIMER, '999999m', undefined],
])('the text of a variable: %s', (_, reader, text, value) => {
  expect(reader.text?.parse(text)).toBe(value);
});
