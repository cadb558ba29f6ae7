import { isNativeError } from 'node:util/types';
import Handlebars from 'handlebars';
import { messageOf } from '../../errors/mail-error.js';
import { MAX_NESTING, measureNesting } from '../faults/nesting.js';
import type { SourceLocation } from '../faults/source-location.js';
import type { TemplateFault, TemplateFaults } from '../faults/template-fault.js';
import { placeIn, type Piece } from './piece.js';
import { expressionHint, tagAt } from './expression-hint.js';

/** Parses a piece. Returns undefined after adding a fault. */
export function parsePiece(piece: Piece, faults: TemplateFaults): hbs.AST.Program | undefined {
  const { file, line } = piece.place;
  const nesting = measureNesting(file, piece.source, line);
  if (nesting.tooDeep) {
    faults.add({ place: nesting.tooDeep, what: `nested more than ${MAX_NESTING} levels deep` });
    return undefined;
  }
  try {
    return Handlebars.parse(piece.source);
  } catch (error) {
    faults.add(unclosedFault(error, nesting.unclosed) ?? syntaxFault(piece, error));
    return undefined;
  }
}

function unclosedFault(
  error: unknown,
  block: { readonly name: string; readonly place: SourceLocation } | undefined,
): TemplateFault | undefined {
  if (!block || !isNativeError(error) || !error.message.endsWith("got 'EOF'")) return undefined;
  return { place: block.place, what: `{{#${block.name}}} is never closed`, fix: `Add {{/${block.name}}}` };
}

function syntaxFault(piece: Piece, error: unknown): TemplateFault {
  if (error instanceof Handlebars.Exception && typeof error.lineNumber === 'number') {
    const position = { line: error.lineNumber, column: Number(error.column) };
    return { place: placeIn(piece, position), what: error.message.replace(/ - \d+:\d+$/, '') };
  }
  return parserFault(piece, messageOf(error));
}

/**
 * Finds the column of a fault. The parser gives only the line, and an arrow below up to 20 characters before the
 * fault; those characters are searched for in the line.
 */
function parserFault(piece: Piece, message: string): TemplateFault {
  const [first = '', excerpt = '', arrow = '', last] = message.split('\n');
  const line = Number(/on line (\d+)/.exec(first)?.[1] ?? 1);
  const arrowAt = arrow.indexOf('^');
  const before = excerpt.slice(0, Math.max(arrowAt, 0)).replace(/^\.\.\./, '');
  const after = excerpt.slice(Math.max(arrowAt, 0)).trim();
  const written = piece.source.split('\n')[line - 1] ?? '';
  const column = columnAfter(written, before);
  const got = /got '(\w+)'/.exec(last ?? '')?.[1];
  const near = after ? ` near "${after}"` : '';
  const what = got === 'EOF' ? 'the template ends inside a tag or block' : `syntax error${near}`;
  return { place: placeIn(piece, { line, column }), what, fix: expressionHint(tagAt(written, column)) };
}

function columnAfter(line: string, before: string): number {
  for (let length = before.length; length > 0; length--) {
    const index = line.indexOf(before.slice(-length));
    if (index >= 0) return index + length;
  }
  return 0;
}
