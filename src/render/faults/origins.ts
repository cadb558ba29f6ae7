/** A line, from 1, and a column, from 0, as Handlebars counts them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Leads from a position in a text to that in the source it was made from. */
export interface Origins {
  of(position: Position): Position;
}
