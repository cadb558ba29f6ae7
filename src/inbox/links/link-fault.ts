import { show } from '../../errors/show.js';
import { urlOf } from '../../message/values/url.js';

/** Schemes that mail clients follow. */
const FOLLOWED_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:', 'sms:', 'cid:']);

/** Traces of missing values, or of values that were not text. */
const LEFTOVER =
  /\{\{|\}\}|\$\{|(?:^|[/=?&])(?:undefined|null|NaN|%5Bobject(?:%20|\+)Object%5D|\[object Object\])(?:[/&?#]|$)/;

/**
 * Says what is wrong with a link and how to fix it; undefined if nothing is. Makes no network requests. Ignores
 * script URLs, which a rule of `mailroom check` already reports.
 */
export function linkFault(url: string): string | undefined {
  const shown = show(url);
  const trimmed = url.trim();
  if (trimmed === '') return 'A link leads nowhere. Give its href an address';
  if (LEFTOVER.test(trimmed))
    return `The link ${shown} contains the remains of a value that was not there. Pass it to the template`;
  if (/\s/.test(trimmed)) return `The link ${shown} contains white space. Encode it as %20`;
  const parsed = urlOf(trimmed);
  return parsed
    ? absoluteFault(parsed, shown)
    : `The link ${shown} is not absolute. Write it with https:// and its host`;
}

function absoluteFault({ protocol, username, password }: URL, shown: string): string | undefined {
  if (/^(?:javascript|vbscript):$/.test(protocol)) return undefined;
  if (!FOLLOWED_SCHEMES.has(protocol))
    return `Mail clients do not follow ${protocol} in ${shown}. Link to a page`;
  if (username || password) return `The link ${shown} contains a login, which every reader sees. Remove it`;
  return undefined;
}
