import { ATTRIBUTES, COMMENT } from './style-tags.js';

/** Html in which an HTML parser finds nothing to rewrite. */
interface MaskedHtml {
  readonly html: string;
  restore(html: string): string;
}

const DOCTYPE = /^\s*<!doctype[^>]*>/i;

/** Hides the content of comments from an HTML parser, and restores it and the doctype afterwards. */
export function maskComments(html: string): MaskedHtml {
  const taken: string[] = [];
  const doctype = DOCTYPE.exec(html)?.[0];
  const masked = html.replace(
    new RegExp(COMMENT, 'gi'),
    (comment) => `<!--masked:${taken.push(comment) - 1}-->`,
  );
  return {
    html: withEscapedClasses(masked),
    restore: (inlined) => {
      const restored = inlined.replace(
        /<!--masked:(\d+)-->/g,
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

/** Rewrites the values of an attribute in tags; text that looks like a tag in a script or a title stays. */
export function mapAttribute(html: string, attribute: string, change: (value: string) => string): string {
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
 * Escapes the references in classes twice. The engine writes a class with its references decoded once, and
 * a decoded quote from a value would end the attribute.
 */
function withEscapedClasses(html: string): string {
  if (!ESCAPED_CLASS.test(html)) return html;
  return mapAttribute(html, 'class', (value) => value.replaceAll('&', '&amp;').replaceAll('"', '&amp;quot;'));
}
