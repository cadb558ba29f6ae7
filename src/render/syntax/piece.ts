import { expressionHint, tagAt } from './expression-hint.js';
import type { Origins, SourceLocation } from '../faults/source-location.js';

/** A piece of a template file that is parsed on its own: a body, a subject, a preheader. */
export interface Piece {
  readonly source: string;
  /** The place in its file where it starts. */
  readonly place: SourceLocation;
  /** Maps positions to those in the file, where the source was generated from it. */
  readonly origins?: Origins | undefined;
}

/** Converts a position in a piece to a place in the file. Handlebars counts columns from 0. */
export function placeIn({ place, origins }: Piece, position: hbs.AST.Position): SourceLocation {
  const { line, column } = origins?.of(position) ?? position;
  return {
    file: place.file,
    line: place.line + line - 1,
    column: (line === 1 ? place.column : 1) + column,
  };
}

/** The place where content starts, after any stripped white space. */
export function contentPlace(
  piece: Piece,
  { value, original, loc }: hbs.AST.ContentStatement,
): SourceLocation {
  // The typings give it a wrong type.
  const written: unknown = original;
  const stripped = typeof written === 'string' ? (written.split(value, 1)[0] ?? '').split('\n') : [''];
  const length = stripped.at(-1)?.length ?? 0;
  const { line, column } = loc.start;
  return placeIn(piece, {
    line: line + stripped.length - 1,
    column: stripped.length > 1 ? length : column + length,
  });
}

/** Suggests a correction for a wrong tag that reads like an expression of another language. */
export function hintAt({ source }: Piece, { line, column }: hbs.AST.Position): string | undefined {
  return expressionHint(tagAt(source.split('\n')[line - 1] ?? '', column));
}

/** Reports whether a block begins like `{{^x}}`; its tree does not say so. */
export function isInvertedAt({ source }: Piece, { line, column }: hbs.AST.Position): boolean {
  return /^\{\{~?\^/.test(source.split('\n')[line - 1]?.slice(column) ?? '');
}
