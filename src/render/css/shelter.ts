import { ATTRIBUTES, COMMENT } from './style-tags.js';

/** Html in which an HTML parser finds nothing that it would rewrite. */
export interface Sheltered {
  readonly html: string;
  /** Puts back what was taken out. */
  restore(html: string): string;
}

const DOCTYPE = /^\s*<!doctype[^>]*>/i;

/** Takes comments and the doctype out of an HTML parser's reach. */
export function shelter(html: string): Sheltered {
  const taken: string[] = [];
  const doctype = DOCTYPE.exec(html)?.[0];
  const bare = html.replace(
    new RegExp(COMMENT, 'gi'),
    (comment) => `<!--sheltered:${taken.push(comment) - 1}-->`,
  );
  return {
    html: withEscapedClasses(bare),
    restore: (inlined) => {
      const restored = inlined.replace(
        /<!--sheltered:(\d+)-->/g,
        (_, index: string) => taken[Number(index)] ?? '',
      );
      return doctype === undefined ? restored : restored.replace(DOCTYPE, () => doctype);
    },
  };
}

const ELEMENT = new RegExp(
  String.raw`<(script|style|title|textarea)\b[^]*?</\1|<[a-z][^\s>/]*${ATTRIBUTES}>`,
  'gi',
);
const ATTRIBUTE = /([^\s=/"'<>]+)(\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;

/** Rewrites the values of an attribute in tags, but for what only looks like one in a script or a title. */
export function withAttribute(html: string, attribute: string, change: (value: string) => string): string {
  const named = new RegExp(String.raw`[\s"'/]${attribute}\s*=`, 'i');
  if (!named.test(html)) return html;
  return html.replace(ELEMENT, (tag: string, raw?: string) =>
    raw === undefined && named.test(tag) ? changed(tag, attribute, change) : tag,
  );
}

function changed(tag: string, attribute: string, change: (value: string) => string): string {
  return tag.replace(
    ATTRIBUTE,
    (whole: string, name: string, _equals: string, double?: string, single?: string, bare?: string) =>
      name.toLowerCase() === attribute ? `${attribute}="${change(double ?? single ?? bare ?? '')}"` : whole,
  );
}

const ESCAPED_CLASS = /\sclass\s*=\s*(?:"[^"]*&|'[^']*["&])/i;

/**
 * The engine writes a class as it read it, its character references decoded: a quote that came from a
 * value would end the attribute. References written twice come out as they went in.
 */
function withEscapedClasses(html: string): string {
  if (!ESCAPED_CLASS.test(html)) return html;
  return withAttribute(html, 'class', (value) =>
    value.replaceAll('&', '&amp;').replaceAll('"', '&amp;quot;'),
  );
}
