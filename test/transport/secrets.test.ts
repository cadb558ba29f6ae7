import { Secrets } from '../../src/transport/smtp/secrets.js';

const KEY = `k(ey)/with+a=b&c<d>"e"'f'%41\\g of nobody`;
const bytes = Buffer.from(KEY);
const url = encodeURIComponent(KEY);
const json = JSON.stringify(KEY).slice(1, -1);
const html = KEY.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Each made by other means than those of the sources. */
const SPELLINGS: ReadonlyArray<readonly [title: string, text: string]> = [
  ['as it is', KEY],
  ['in a URL', url],
  ['in a URL, with small letters', url.replaceAll(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase())],
  ['in a form', new URLSearchParams({ k: KEY }).toString().slice('k='.length)],
  ['in JSON', json],
  ['in JSON of JSON', JSON.stringify(json).slice(1, -1)],
  ['in html', html],
  ['in an attribute of html', html.replaceAll('"', '&quot;').replaceAll("'", '&#39;')],
  ['in hexadecimal', bytes.toString('hex')],
  ['in hexadecimal, with capitals', bytes.toString('hex').toUpperCase()],
  ['in base64', bytes.toString('base64')],
  ['in the base64 of a login', Buffer.from(`api:${KEY}`).toString('base64').slice(6, -4)],
];

// Each alone: a server's text is cut, so a long list in one answer would prove the first of them only.
test.each(SPELLINGS)('a secret is hidden %s', (_title, text) => {
  expect(new Secrets({ others: [KEY] }).conceal(`before ${text} after`)).not.toContain(text);
});
