import { HtmlParser } from '../parts/html-parser.js';

export interface HtmlLink {
  readonly href: string;
  readonly text: string;
}

/** The parts of an html body that a reader sees. */
export interface HtmlView {
  /** The text of each block that has any, with white space as one space. */
  readonly lines: readonly string[];
  readonly links: readonly HtmlLink[];
}

const UNSEEN = new Set(['head', 'style', 'script', 'title', 'template', 'svg', 'textarea']);
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);
const SPACE = /\s+/g;

/** Reads html as a mail program shows it, without comments, which only Outlook reads. */
export function viewHtml(html: string): HtmlView {
  const lines: string[] = [];
  const links: HtmlLink[] = [];
  let line = '';
  let unseen = 0;
  let link: { readonly href: string; text: string } | undefined;
  const say = (text: string): void => {
    line += text;
    if (link) link.text += text;
  };
  const endLine = (): void => {
    const text = line.replaceAll(SPACE, ' ').trim();
    if (text !== '') lines.push(text);
    line = '';
  };
  const endLink = (): void => {
    if (link) links.push({ href: link.href, text: link.text.replaceAll(SPACE, ' ').trim() });
    link = undefined;
  };
  const parser = new HtmlParser({
    onopentag(name, { href, alt }) {
      if (UNSEEN.has(name)) unseen += 1;
      if (!INLINE.has(name)) endLine();
      if (name === 'area' && href !== undefined) links.push({ href, text: alt ?? '' });
      if (name === 'img' && link && alt !== undefined) link.text += ` ${alt} `;
      if (name === 'a') endLink();
      if (name === 'a' && href !== undefined) link = { href, text: '' };
    },
    ontext: (text) => void (unseen === 0 && say(text)),
    onclosetag(name) {
      if (UNSEEN.has(name)) unseen -= 1;
      if (name === 'a') endLink();
      if (!INLINE.has(name)) endLine();
    },
  });
  parser.end(html);
  endLink();
  endLine();
  return { lines, links };
}
