import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { messageOf } from '../../errors/mail-error.js';
import type { SourceLocation } from '../faults/source-location.js';

export interface FrontYaml {
  readonly value: unknown;
  /** The place of a top-level key; the start of the YAML for a missing key. */
  readonly placeOf: (key: string) => SourceLocation;
  readonly wrong: ReadonlyArray<{ readonly place: SourceLocation; readonly what: string }>;
}

interface Wrong {
  readonly offset: number;
  readonly what: string;
}

/** The YAML of front matter, which starts on line 2 of its file. */
export function readFrontYaml(file: string, source: string): FrontYaml {
  const lines = new LineCounter();
  const placeAt = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset);
    return { file, line: line + 1, column: col };
  };
  try {
    // The parser's own check for repeated keys takes quadratic time.
    const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    const errors = document.errors.map(({ pos: [offset], message }) => ({ offset, what: message }));
    const wrong = errors.length > 0 ? errors : repeatedKeys(document);
    const keys = keyOffsets(document);
    return {
      value: wrong.length > 0 ? undefined : document.toJS(),
      placeOf: (key) => placeAt(keys.get(key) ?? 0),
      wrong: wrong.map(({ offset, what }) => ({ place: placeAt(offset), what })),
    };
  } catch (error) {
    // The parser throws when aliases multiply, or nesting exceeds the stack.
    const place = { file, line: 2, column: 1 };
    return { value: undefined, placeOf: () => place, wrong: [{ place, what: messageOf(error) }] };
  }
}

function repeatedKeys(document: Document): readonly Wrong[] {
  const wrong: Wrong[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) wrong.push({ offset: key.range?.[0] ?? 0, what: 'Map keys must be unique' });
        seen.add(key.value);
      }
    },
  });
  return wrong;
}

function keyOffsets({ contents }: Document): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  if (!isMap(contents)) return offsets;
  for (const { key } of contents.items) {
    if (isScalar(key)) offsets.set(String(key.value), key.range?.[0] ?? 0);
  }
  return offsets;
}
