import * as fc from 'fast-check';
import { hideTags, restoredTags, shownTags } from '../../../src/render/mjml/hidden-tags.js';
import type { Position } from '../../../src/render/faults/source-location.js';

function positionOf(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: lines.at(-1)?.length ?? 0 };
}

const TAGS = [
  '{{name}}',
  '{{{name}}}',
  '{{~{name}~}}',
  '{{~#if a~}}',
  '{{else if (eq a "}}")}}',
  "{{url 'a\\'}}b'}}",
  '{{lookup [a}}b] "c"}}',
  '{{! it\'s "open }}',
  '{{!-- {{a}} --}}',
  '{{> sign\n  who=user.name}}',
  '{{{{raw}}}} {{a}} {{{{/raw}}}}',
  '\\{{name}}',
];
const TEXTS = [
  '',
  '<p>',
  'mailtag',
  'MAILTAGQ',
  'mailtagaz',
  '}',
  '{',
  '"',
  "'",
  '\n',
  ' ',
  '\\\\',
  'é💌',
  '<a href="',
  '">',
];

const sources = fc
  .array(fc.tuple(fc.constantFrom(...TEXTS), fc.constantFrom(...TAGS)), { maxLength: 60 })
  .map((parts) => parts.flat().join(' '));

test('every tag becomes a word of letters, and can be restored', () => {
  fc.assert(
    fc.property(sources, (source) => {
      const hidden = hideTags(source);
      expect(hidden.text).not.toContain('{{');
      expect([...hidden.tags.keys()].every((word) => /^[a-z]+$/.test(word))).toBe(true);
      expect(shownTags(hidden.text, hidden)).toBe(source);
    }),
  );
});

test('a position in a tag is that of the same character in the source, whatever came before', () => {
  fc.assert(
    fc.property(sources, fc.constantFrom('', '<html>\n\n', '<html>'), (source, more) => {
      const hidden = hideTags(source);
      const made = hidden.text.replaceAll(' ', `${more} `);
      const { text, origins, found } = restoredTags(made, source, hidden);
      expect(found.size).toBe(hidden.tags.size);
      let from = 0;
      for (const tag of hidden.tags.values()) {
        const start = text.indexOf(tag.source, from);
        for (const inside of [0, tag.source.length - 1]) {
          expect(origins.of(positionOf(text, start + inside))).toEqual(
            positionOf(source, tag.offset + inside),
          );
        }
        from = start + tag.source.length;
      }
    }),
  );
});

test('a position before every tag is the beginning, one after a tag is the tag', () => {
  const source = 'a\n{{b}}';
  const { origins } = restoredTags(`<p>x</p>\n${hideTags(source).text}\n<i>`, source, hideTags(source));
  expect(origins.of({ line: 1, column: 3 })).toEqual({ line: 1, column: 0 });
  expect(origins.of({ line: 4, column: 2 })).toEqual({ line: 2, column: 0 });
});
