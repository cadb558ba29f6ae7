import { ConfigReport } from '../../src/errors/config-report.js';
import { At, env, optional, or, required } from '../../src/reader/option.js';
import { complete, Group, made, section } from '../../src/reader/group.js';
import { FLAG, list, oneOf, TEXTS, whole } from '../../src/reader/kinds.js';

const INNER = new Group({ max: required(whole({ max: 10 }), 'most'), per: required(whole(), 'time') });
const COLORS = new Group({ text: or(TEXTS, ['black'], 'of letters'), isDark: or(FLAG, false, 'dark') });
const TABLE = new Group(
  {
    mode: env('MAIL_MODE', or(oneOf(['fast', 'safe']), 'safe', 'how')),
    size: optional(whole(), 'how much'),
    limit: optional(made(INNER, complete), 'how many'),
    limits: or(list(INNER), [], 'how many, each'),
    colors: section(COLORS, 'of the page'),
  },
  { moved: { speed: 'Use mode' } },
);

const DEFAULTS = {
  mode: 'safe',
  size: undefined,
  limit: undefined,
  limits: [],
  colors: { text: ['black'], isDark: false },
};

function read(value: unknown, where = 'x') {
  const report = new ConfigReport();
  const settings = TABLE.settings(value, new At(where, report));
  return { settings, lines: report.problems.map((problem) => report.line(problem)) };
}

test('defaults stand where nothing is said, also inside', () => {
  expect(read(undefined)).toEqual({ settings: DEFAULTS, lines: [] });
  expect(read({})).toEqual({ settings: DEFAULTS, lines: [] });
  expect(read({ mode: undefined, colors: { isDark: true } }).settings).toEqual({
    ...DEFAULTS,
    colors: { text: ['black'], isDark: true },
  });
});

test('what is given wins over other settings, option by option', () => {
  const base = {
    ...TABLE.settings(undefined, new At('', new ConfigReport())),
    size: 3,
    mode: 'fast' as const,
  };
  const own = TABLE.read({ size: 5 }, new At('', new ConfigReport()), base);
  expect(own).toEqual({ ...DEFAULTS, size: 5, mode: 'fast' });
});

test.each<[string, unknown, readonly string[]]>([
  ['no object', 7, ['x: expected an object of options, got 7.']],
  ['null', null, ['x: expected an object of options, got null.']],
  ['an array', [], ['x: expected an object of options, got an array.']],
  ['a map', new Map([['mode', 'fast']]), ['x: expected an object of options, got an object.']],
  [
    'a misspelt name',
    { mod: 'fast' },
    ['x.mod: expected one of mode, size, limit, limits, colors, got an unknown option. Did you mean "mode"?'],
  ],
  [
    'a name of another module',
    { speed: 1 },
    ['x.speed: expected one of mode, size, limit, limits, colors, got an unknown option. Use mode.'],
  ],
  [
    'an own `constructor`',
    { ['constructor']: 1 },
    ['x.constructor: expected one of mode, size, limit, limits, colors, got an unknown option.'],
  ],
  ['a near word', { mode: 'fsat' }, ['x.mode: expected one of fast, safe, got "fsat". Did you mean "fast"?']],
  [
    'null for a value',
    { size: null },
    ['x.size: expected a whole number from 1 to 9007199254740991, got null.'],
  ],
  [
    'several faults',
    { mode: 1, size: 0, limit: { max: 11 } },
    [
      'x.mode: expected one of fast, safe, got 1.',
      'x.size: expected a whole number from 1 to 9007199254740991, got 0.',
      'x.limit.max: expected a whole number from 1 to 10, got 11.',
      'x.limit.per: expected a whole number from 1 to 9007199254740991, got nothing.',
    ],
  ],
  [
    'a fault in a list',
    { limits: [{ max: 1, per: 1 }, 5] },
    ['x.limits[1]: expected an object of options, got 5.'],
  ],
])('%s is reported', (_, value, lines) => {
  expect(read(value).lines).toEqual(lines);
});

test('a wrong value leaves the default', () => {
  expect(read({ mode: 1, colors: 3, limits: 'no' }).settings).toEqual(DEFAULTS);
});

test('an instance of a class is read by its getters, each once', () => {
  let reads = 0;
  class Options {
    get size(): number {
      reads += 1;
      return 4;
    }
  }
  expect(read(new Options()).settings.size).toBe(4);
  expect(reads).toBe(1);
});

test('what every object inherits is no option', () => {
  const names = new Group({ toString: optional(whole(), 'a name that every object has') });
  const report = new ConfigReport();
  expect(names.settings({}, new At('', report)).toString).toBeUndefined();
  expect(report.problems).toEqual([]);
});

test('where empty is unset, null and an empty text are as good as nothing', () => {
  const lenient = new Group({ size: or(whole(), 9, 'how much') }, { emptyIsUnset: true });
  const report = new ConfigReport();
  const at = new At('', report);
  expect(lenient.settings({ size: null, siez: '' }, at)).toEqual({ size: 9 });
  expect(lenient.settings({ size: '' }, at)).toEqual({ size: 9 });
  expect(report.problems).toEqual([]);
});

test('the root names its options alone, and a group may name its fields otherwise', () => {
  expect(read({ size: 0 }, '').lines).toEqual([expect.stringMatching(/^size: /)]);
  const report = new ConfigReport();
  TABLE.settings({ size: 0 }, new At('', report, (field) => `MAIL_${field.toUpperCase()}`));
  expect(report.problems.map(({ where }) => where)).toEqual(['MAIL_SIZE']);
});

test('a row says what the docs and the environment need', () => {
  expect(TABLE.row('mode')).toMatchObject({ about: 'how', env: 'MAIL_MODE', fallback: 'safe' });
  expect(TABLE.row('none')).toBeUndefined();
});
