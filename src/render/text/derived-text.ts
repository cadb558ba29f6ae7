import { HtmlParser } from '../../message/parts/html-parser.js';
import { TextAssembly } from './text-assembly.js';
import { TextMarkup } from './text-markup.js';

/**
 * The text part of a mail that has only html: lines are not wrapped and nothing is upper-cased; a link
 * reads `text (url)`, an image as its alternative text, a list with its marks. A row of a table is one
 * thing: one line, or lines between blank ones; a table that lays a page out leaves no trace. Words are
 * left out that an element's own style hides or makes too small or colourless to be seen.
 */
export function deriveText(html: string): string {
  const assembly = new TextAssembly();
  const markup = new TextMarkup(assembly);
  const parser = new HtmlParser(
    {
      onopentag: (name, attributes) => markup.open(name, attributes),
      ontext: (text) => markup.text(text),
      onclosetag: (name) => markup.close(name),
    },
    PARSER_OPTIONS,
  );
  parser.end(html);
  return assembly.finish();
}

export const PARSER_OPTIONS = { decodeEntities: true, lowerCaseTags: true } as const;
