import { show } from '../../errors/show.js';
import { asciiAddress, parseAddress } from '../address/address.js';
import { isObject, readFields } from '../values/fields.js';
import { parseLine } from '../values/line.js';
import type { Headers } from '../message.js';
import { invalid } from '../values/refusal.js';
import { urlOf } from '../values/url.js';

/** Most characters: a URL has to fit into a line with brackets and comma (see `MAX_UNBROKEN` of the headers). */
const MAX_URL = 890;
const FIELDS = { known: ['url', 'mailto', 'oneClick'] } as const;

/**
 * Makes List-Unsubscribe (RFC 2369) and, for one click, List-Unsubscribe-Post (RFC 8058).
 * @throws {MailError} `message-invalid`. It never quotes a URL, which often holds the reader's token.
 */
export function listUnsubscribeHeaders(value: unknown, field: string): Headers {
  if (!isObject(value)) throw invalid({ field, expected: '{ url, mailto }', found: show(value) });
  const fields = readFields(value, field, FIELDS);
  const url = fields.has('url') ? parseUrl(fields.get('url'), `${field}.url`) : undefined;
  const mailto = fields.has('mailto') ? parseMailto(fields.get('mailto'), `${field}.mailto`) : undefined;
  const uris = [url, mailto].filter((uri) => uri !== undefined);
  if (uris.length === 0) throw invalid({ field, expected: 'url, mailto or both', found: 'neither' });
  const oneClick = parseOneClick(fields.get('oneClick'), url, `${field}.oneClick`);
  return {
    'List-Unsubscribe': uris.map((uri) => `<${uri}>`).join(', '),
    ...(oneClick && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
  };
}

function parseUrl(value: unknown, field: string): string {
  const text = parseLine(value, field, MAX_URL);
  const expected = 'an https or http URL';
  const url = /[<> ]/.test(text) ? undefined : urlOf(text);
  if (!url) throw invalid({ field, expected, found: 'no valid URL' });
  const { href, protocol } = url;
  if (protocol === 'https:' || protocol === 'http:') return parseLine(href, field, MAX_URL);
  throw invalid({ field, expected, found: `a URL of the scheme ${show(protocol)}` });
}

/** Reads `unsubscribe@x.test`, with an optional `mailto:` before it and `?subject=…` after it (RFC 6068). */
function parseMailto(value: unknown, field: string): string {
  const text = parseLine(value, field, MAX_URL).replace(/^mailto:/i, '');
  const [address = '', ...query] = text.split('?');
  if (/[^!-~]|[<>]/.test(query.join('?'))) {
    throw invalid({ field, expected: 'a percent-encoded query after "?"', found: 'other characters' });
  }
  const uri = encodeURI(asciiAddress(parseAddress(address, field))).replaceAll(/[#&]/g, encodeURIComponent);
  return ['mailto:' + uri, ...query].join('?');
}

function parseOneClick(value: unknown, url: string | undefined, field: string): boolean {
  const secure = url?.startsWith('https:') ?? false;
  if (value === undefined) return secure;
  if (typeof value !== 'boolean') throw invalid({ field, expected: 'true or false', found: show(value) });
  if (value && !secure) {
    throw invalid({ field, expected: 'an https url beside it (RFC 8058)', found: 'true without one' });
  }
  return value;
}
