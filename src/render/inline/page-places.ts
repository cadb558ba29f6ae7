import type { StrictNode } from '../engine/strict-node.js';
import type { SourceLocation } from '../faults/source-location.js';

/** A statement of a flat page, and its offset in the page. */
export interface Origin {
  readonly offset: number;
  readonly node: StrictNode;
}

/** Maps offsets of a flat page to places in the files it consists of. */
export class PagePlaces {
  readonly #html: string;
  readonly #origins: readonly Origin[];

  /** @param origins in the order of their offsets */
  constructor(html: string, origins: readonly Origin[]) {
    this.#html = html;
    this.#origins = origins;
  }

  /** @param offset in the html of the page */
  at(offset: number): SourceLocation | undefined {
    const origin = this.#origins.findLast((other) => other.offset <= offset);
    const place = origin?.node.place;
    if (!origin || !place || origin.node.type !== 'ContentStatement') return place;
    return behind(place, this.#html.slice(origin.offset, offset));
  }
}

function behind(place: SourceLocation, text: string): SourceLocation {
  const lines = text.split('\n');
  const length = lines.at(-1)?.length ?? 0;
  const column = lines.length > 1 ? length + 1 : place.column + length;
  return { file: place.file, line: place.line + lines.length - 1, column };
}
