import { closest, meant } from '../../errors/closest.js';
import { show } from '../../errors/show.js';
import { HtmlParser } from './html-parser.js';
import type { MessageAttachment, RenderedMessage } from '../message.js';
import { invalid } from '../values/refusal.js';

/** A `cid:` URL of an html body (RFC 2392). */
export interface CidUse {
  /** The text after `cid:`, as written. */
  readonly cid: string;
  /** Index at which its tag, or its style sheet, begins. */
  readonly offset: number;
}

type WithInline = Pick<RenderedMessage, 'html' | 'attachments'>;

/** Finds bodies that may hold such a URL. `&` begins a colon that is written as an entity. */
const POSSIBLE = /cid[:&]/i;

/**
 * Checks that each `cid:` URL of the html has an attachment: a reader would see a broken image.
 * @throws {MailError} `message-invalid`
 */
export function checkContentIds(message: WithInline): void {
  const [absent] = absentContentIds(message);
  if (!absent) return;
  const { cid } = absent;
  const found = `none for ${show(`cid:${cid}`)}`;
  const fix = adviceFor(cid, message.attachments);
  throw invalid({ field: 'html', expected: 'an attachment for each cid: URL', found, fix });
}

/** Returns the `cid:` URLs of the html that have no attachment. */
export function absentContentIds({ html, attachments }: WithInline): readonly CidUse[] {
  if (html === undefined || !POSSIBLE.test(html)) return [];
  const known = new Set(attachments.map(({ cid }) => cid));
  return cidUses(html).filter(({ cid }) => !known.has(cid) && !known.has(decoded(cid)));
}

/** Returns inline attachments that the html does not show; of several with one cid, all but the first. */
export function unusedInline({ html = '', attachments }: WithInline): readonly MessageAttachment[] {
  const inline = attachments.filter(({ cid, disposition }) => cid !== undefined && disposition === 'inline');
  if (inline.length === 0) return [];
  const written = cidUses(html).map(({ cid }) => cid);
  const shown = new Set([...written, ...written.map(decoded)]);
  const firsts = new Map(attachments.toReversed().map((part) => [part.cid, part]));
  return inline.filter((part) => !shown.has(part.cid ?? '') || firsts.get(part.cid) !== part);
}

/**
 * Finds the attachment of a `cid:` URL, the first of several. Some characters of a Content-ID are percent-encoded in a URL;
 * letter case counts (RFC 2392, RFC 5322 §3.6.4).
 */
export function attachmentFinder(
  attachments: readonly MessageAttachment[],
): (written: string) => number | undefined {
  const firsts = new Map<string, number>();
  for (const [index, { cid }] of attachments.entries()) {
    if (cid !== undefined && !firsts.has(cid)) firsts.set(cid, index);
  }
  return (written) => {
    const found = [written, decoded(written)].flatMap((cid) => firsts.get(cid) ?? []);
    return found.length === 0 ? undefined : Math.min(...found);
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function adviceFor(cid: string, attachments: readonly MessageAttachment[]): string {
  const known = attachments.flatMap((part) => part.cid ?? []);
  if (cid === '') return 'Nothing stands behind cid: there; a value that is printed there may be null';
  const name = decoded(cid);
  const named = attachments.findIndex((part) => part.cid === undefined && part.filename === name);
  if (named >= 0) return `Give attachments[${named}] the cid ${show(cid)}`;
  const near = closest(cid, known);
  if (near?.toLowerCase() === cid.toLowerCase()) return `Letter case counts: write cid:${near}`;
  if (near !== undefined) return meant(`cid:${near}`);
  const others = known.length > 0 ? `, or use one of ${known.slice(0, MOST_SHOWN).map(show).join(', ')}` : '';
  return `Attach the image with cid: ${show(cid)}${others}`;
}

const MOST_SHOWN = 10;

/** Attributes that hold one URL. */
const URLS = ['src', 'href', 'xlink:href', 'background', 'poster', 'data'] as const;
/** Attributes that hold several URLs, each with its width. */
const URL_SETS = ['srcset', 'imagesrcset'] as const;

/** @param start index of the html inside a comment that Outlook reads; 0 for a whole body */
function cidUses(html: string, start = 0): readonly CidUse[] {
  const uses: CidUse[] = [];
  let sheet: { css: string; readonly offset: number } | undefined;
  const add = (cids: readonly string[], offset: number): void => {
    for (const cid of cids) uses.push({ cid, offset: start + offset });
  };
  const parser = new HtmlParser({
    onopentag: (name, attributes) => {
      add(cidsOfTag(attributes), parser.startIndex);
      if (name === 'style') sheet = { css: '', offset: parser.startIndex };
    },
    ontext: (text) => {
      if (sheet) sheet.css += text;
    },
    onclosetag: () => {
      if (sheet) add(cidsOfCss(sheet.css), sheet.offset);
      sheet = undefined;
    },
    oncomment: (comment) => {
      // Comments do not nest; without this check, many openings would be read again and again.
      if (start === 0) uses.push(...outlookUses(comment, parser.startIndex));
    },
  });
  parser.end(html);
  return uses;
}

/** Outlook for Windows reads comments such as `<!--[if mso]><v:fill src="cid:…">`. */
function outlookUses(comment: string, offset: number): readonly CidUse[] {
  const [condition = ''] = /^\[if\b[^\]]*\]>/i.exec(comment) ?? [];
  if (!/\bmso\b/i.test(condition) || /!\s*(?:\(\s*)?mso/i.test(condition)) return [];
  return cidUses(comment.slice(condition.length), offset + '<!--'.length + condition.length);
}

function cidsOfTag(attributes: Readonly<Record<string, string>>): readonly string[] {
  const urls = URLS.map((name) => attributes[name]?.trim() ?? '').filter((url) => CID_URL.test(url));
  const sets = URL_SETS.flatMap((name) => all(CIDS_OF_SET, attributes[name] ?? ''));
  return [...urls.map((url) => url.slice('cid:'.length)), ...sets, ...cidsOfCss(attributes['style'] ?? '')];
}

function cidsOfCss(css: string): readonly string[] {
  return POSSIBLE.test(css) ? all(CIDS_OF_CSS, css.replaceAll(CSS_COMMENT, ' ')) : [];
}

function all(pattern: RegExp, text: string): readonly string[] {
  return Array.from(text.matchAll(pattern), ([, cid = '']) => cid);
}

const CID_URL = /^cid:/i;
const CIDS_OF_SET = /(?<![^\s,])cid:([^\s,]*)/gi;
/** Finds URLs in `url(…)`, and texts of `image-set(…)` and `@import`. */
const CIDS_OF_CSS = /["'(]\s*cid:([^"'\s)]*)/gi;
const CSS_COMMENT = /\/\*[^]*?(?:\*\/|$)/g;
