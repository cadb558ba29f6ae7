import { HtmlParser } from '../../message/parts/html-parser.js';
import { TextBuilder } from './text-builder.js';
import { TextMarkup } from './text-markup.js';

/**
 * Makes the text part of a mail that has only html. Lines are not wrapped and nothing is upper-cased. A link
 * reads `text (url)`, an image as its alternative text, a list with its markers. A row of a table becomes
 * one line, or a group of lines between blank ones; a layout table leaves no trace. Words are left out if
 * the style of an element hides them, or makes them too small or colourless to be seen.
 */
export function deriveText(html: string): string {
  const builder = new TextBuilder();
  const markup = new TextMarkup(builder);
  const parser = new HtmlParser(
    {
      onopentag: (name, attributes) => markup.open(name, attributes),
      ontext: (text) => markup.text(text),
      onclosetag: (name) => markup.close(name),
    },
    PARSER_OPTIONS,
  );
  parser.end(html);
  return builder.finish();
}

export const PARSER_OPTIONS = { decodeEntities: true, lowerCaseTags: true } as const;
