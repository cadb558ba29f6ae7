import * as fc from 'fast-check';
import { readMessageFile } from '../../../src/render/i18n/message-file.js';
import { TemplateFaults } from '../../../src/render/faults/template-fault.js';

type Tree = { readonly [name: string]: string | Tree };

const NAME = fc.string({ unit: 'binary', minLength: 1 }).filter((name) => !name.includes('.'));
const TEXT = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ minLength: 1 }));
const { tree } = fc.letrec<{ tree: Tree; node: string | Tree }>((tie) => ({
  tree: fc.dictionary(NAME, tie('node'), { maxKeys: 5 }),
  node: fc.oneof({ depthSize: 'small' }, TEXT, tie('tree')),
}));

function messagesOf(of: Tree, names: readonly string[] = []): ReadonlyArray<readonly [string, string]> {
  return Object.entries(of).flatMap(([name, value]) => {
    const path = [...names, name];
    return typeof value === 'string' ? [[path.join('.'), value] as const] : messagesOf(value, path);
  });
}

function read(content: string): {
  readonly entries: ReturnType<typeof readMessageFile>;
  readonly faults: readonly string[];
} {
  const faults = new TemplateFaults();
  const entries = readMessageFile({ path: 'en.json', locale: 'en', content }, faults);
  return { entries, faults: faults.list.map(({ what }) => what) };
}

test('reads the output of JSON.stringify, and knows the place of every character', () => {
  fc.assert(
    fc.property(tree, fc.constantFrom(undefined, 2, '\t'), (written, space) => {
      const content = JSON.stringify(written, undefined, space);
      const { entries = [], faults } = read(content);
      expect(faults).toEqual([]);
      expect(entries.map(({ key, text }) => [key, text])).toEqual(messagesOf(written));
      for (const { text, placeAt } of entries) {
        const { line, column } = placeAt();
        const rest = content.split('\n')[line - 1]?.slice(column - 1) ?? '';
        expect(rest.startsWith(JSON.stringify(text).slice(1, -1))).toBe(true);
        const last = placeAt(text.length);
        expect(content.split('\n')[last.line - 1]?.[last.column - 1]).toBe('"');
      }
    }),
    { seed: 1815, numRuns: 300 },
  );
});

const MARKS = '{}[]:,"\\ \n\t0e-.tu#/\'a'.split('');

/** Damage: some characters at some place replaced by others that mean something in JSON. */
const DAMAGE = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat(2),
  added: fc.string({ unit: fc.constantFrom(...MARKS), maxLength: 3 }),
});

test('reads the same texts as JSON.parse, except lists', () => {
  let refused = 0;
  fc.assert(
    fc.property(tree, DAMAGE, (written, { at, removed, added }) => {
      const whole = JSON.stringify(written, undefined, 1);
      const start = Math.floor(at * whole.length);
      const content = whole.slice(0, start) + added + whole.slice(start + removed);
      const { entries, faults } = read(content);
      expect(entries === undefined).toBe(!isCatalogJson(content));
      if (!entries) refused += 1;
      else if (faults.length === 0) expect(JSON.parse(content)).toBeInstanceOf(Object);
    }),
    { seed: 1815, numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(100);
});

function isCatalogJson(content: string): boolean {
  try {
    let lists = false;
    const value: unknown = JSON.parse(content, (_key, part: unknown) => {
      lists ||= Array.isArray(part);
      return part;
    });
    return typeof value === 'object' && value !== null && !lists;
  } catch {
    return false;
  }
}
