import type { SourceLocation } from '../faults/source-location.js';

/** Where the statements of templates stand. Kept apart from them: the compiler copies what they hold into every call. */
export class NodePlaces {
  readonly #places = new WeakMap<object, SourceLocation>();

  add(node: object, place: SourceLocation): void {
    this.#places.set(node, place);
  }

  of(node: object | undefined): SourceLocation | undefined {
    return node && this.#places.get(node);
  }
}

/** A statement that a flat page prints, and where it starts in the page. */
export interface Origin {
  readonly offset: number;
  readonly node: { readonly type: string };
}

/** Leads from a flat page back to the files it is made of. */
export class PagePlaces {
  readonly #places: NodePlaces;
  readonly #html: string;
  readonly #origins: readonly Origin[];

  /** @param origins in their order */
  constructor(places: NodePlaces, html: string, origins: readonly Origin[]) {
    this.#places = places;
    this.#html = html;
    this.#origins = origins;
  }

  of(node: object | undefined): SourceLocation | undefined {
    return this.#places.of(node);
  }

  /** @param offset in the html of the page */
  at(offset: number): SourceLocation | undefined {
    const origin = this.#origins.findLast((other) => other.offset <= offset);
    const place = this.#places.of(origin?.node);
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
