/**
 * What the package makes of texts about which Node's own parsers differ from release to release. Answers the questions
 * of its first argument, JSON, as JSON; made for any Node, so it runs on the compiled sources.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COMPILED } from './compiled-sources.mjs';

const load = (file) => import(pathToFileURL(join(COMPILED, 'message', file)).href);
const [{ addressFault }, { asciiDomain }, { canonicalLocale }, { parseTimeZone }, { urlOf }] =
  await Promise.all(
    [
      'address/address.js',
      'address/domain.js',
      'values/locale.js',
      'values/time-zone.js',
      'values/url.js',
    ].map(load),
  );

const ANSWERS = {
  address: (domain) => addressFault(`a@${domain}`) ?? asciiDomain(domain),
  url: (text) => urlOf(text)?.href ?? null,
  locale: (tag) => canonicalLocale(tag) ?? null,
  timeZone: (name) => parseTimeZone(name, 'timeZone'),
};

function answer([kind, text]) {
  try {
    return ANSWERS[kind](text);
  } catch (error) {
    return `refused: ${error.code}`;
  }
}

console.log(JSON.stringify(JSON.parse(process.argv[2]).map(answer)));
