import { HtmlParser } from '../message/parts/html-parser.js';
import { lintLinkDomain } from './domain-lint.js';
import type { Remark } from './rules.js';

/** A finding about rendered html. */
export interface HtmlRemark extends Remark {
  /** The start tag as rendered; absent when the finding is about the whole document. */
  readonly tag?: string;
  /** Offset of that tag. */
  readonly offset?: number;
  /** The address, for a finding about a link. */
  readonly url?: string;
}

/** Finds faults in a rendered mail that readers or their mail programs run into. */
export function lintHtml(html: string): readonly HtmlRemark[] {
  const remarks: HtmlRemark[] = [];
  let languages = 0;
  let unquoted: string[] = [];
  const parser = new HtmlParser({
    onopentagname: () => (unquoted = []),
    onattribute: (name, _value, quote) => {
      // `undefined` means an attribute without a value, which needs no quotes.
      if (quote === null) unquoted.push(name);
    },
    onopentag: (name, attributes) => {
      const offset = parser.startIndex;
      const tag = html.slice(offset, parser.endIndex + 1);
      if (name === 'html' && attributes['lang']?.trim()) languages += 1;
      const found = [...unquoted.map(unquotedRemark), ...tagRemarks(name, attributes)];
      for (const remark of found) remarks.push({ ...remark, tag, offset });
    },
  });
  parser.end(html);
  return languages > 0 ? remarks : [...remarks, withoutLanguage(html)];
}

type Attributes = Readonly<Record<string, string>>;

/** Attributes whose address a reader or a client follows. */
const LINKS = ['href', 'src', 'action', 'background'];

function tagRemarks(name: string, attributes: Attributes): readonly HtmlRemark[] {
  const links = LINKS.flatMap((key) => linkRemarks(key, attributes[key]));
  if (name !== 'img' || attributes['alt'] !== undefined) return links;
  return [...links, { rule: 'img-alt', message: '<img> has no alt' }];
}

function linkRemarks(key: string, value: string | undefined): readonly HtmlRemark[] {
  if (value === undefined) return [];
  // Clients ignore white space and control characters in the scheme.
  const url = value.replaceAll(/[\s\p{Cc}]/gu, '').toLowerCase();
  if (/^(?:javascript|vbscript):/.test(url)) {
    return [{ rule: 'javascript-url', message: `${key} holds a script` }];
  }
  const domains = lintLinkDomain(key, url);
  return url.startsWith('http://')
    ? [{ rule: 'http-link', message: `${key} is not encrypted: ${value.trim()}`, url }, ...domains]
    : domains;
}

function unquotedRemark(name: string): HtmlRemark {
  return { rule: 'unquoted-attribute', message: `the value of ${name} has no quotes` };
}

function withoutLanguage(html: string): HtmlRemark {
  const found = /<html\b[^<>]*>/i.exec(html);
  const rule = 'html-lang';
  if (!found) return { rule, message: 'there is no <html lang>: screen readers guess the language' };
  const message = '<html> has no lang: screen readers guess the language';
  return { rule, message, tag: found[0], offset: found.index };
}
