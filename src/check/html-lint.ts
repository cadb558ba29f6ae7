import { HtmlParser } from '../message/parts/html-parser.js';
import type { CheckRule } from '../render/syntax/check-rules.js';
import { lintLinkDomain } from './domain-lint.js';

/** What a rule has found in rendered html. */
export interface HtmlRemark {
  readonly rule: CheckRule;
  readonly message: string;
  /** The start tag as rendered; absent when the whole document is meant. */
  readonly tag?: string;
  /** Where that tag starts. */
  readonly offset?: number;
  /** The address that is meant, when it is about one. */
  readonly url?: string;
}

/** Finds in a rendered mail what readers, and their programs, stumble over. */
export function lintHtml(html: string): readonly HtmlRemark[] {
  const remarks: HtmlRemark[] = [];
  let languages = 0;
  let unquoted: string[] = [];
  const parser = new HtmlParser({
    onopentagname: () => (unquoted = []),
    onattribute: (name, _value, quote) => {
      // `undefined` is an attribute without a value, which needs no quotes.
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

/** Attributes that hold an address a reader or a client follows. */
const LINKS = ['href', 'src', 'action', 'background'];

function tagRemarks(name: string, attributes: Attributes): readonly HtmlRemark[] {
  const links = LINKS.flatMap((key) => linkRemarks(key, attributes[key]));
  if (name !== 'img' || attributes['alt'] !== undefined) return links;
  return [...links, { rule: 'img-alt', message: '<img> has no alt' }];
}

function linkRemarks(key: string, value: string | undefined): readonly HtmlRemark[] {
  if (value === undefined) return [];
  // Clients skip white space and control characters in the scheme.
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
