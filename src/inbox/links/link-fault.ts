import { show } from '../../errors/config-report.js';
import { urlOf } from '../../message/values/url.js';

/** Schemes that mail clients follow. */
const FOLLOWED: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:', 'sms:', 'cid:']);

/** What is left of values that were not there, or were no text. */
const LEFTOVER =
  /\{\{|\}\}|\$\{|(?:^|[/=?&])(?:undefined|null|NaN|%5Bobject(?:%20|\+)Object%5D|\[object Object\])(?:[/&?#]|$)/;

/**
 * What is wrong with a link as it stands, and how to fix it; undefined when nothing is. Nobody is asked.
 * Scripts are a rule of `mailroom check`, and are not told of again.
 */
export function linkFault(url: string): string | undefined {
  const shown = show(url);
  const trimmed = url.trim();
  if (trimmed === '') return 'A link leads nowhere. Give its href an address';
  if (LEFTOVER.test(trimmed))
    return `The link ${shown} holds what is left of a value that was not there. Pass it to the template`;
  if (/\s/.test(trimmed)) return `The link ${shown} holds white space. Encode it as %20`;
  const parsed = urlOf(trimmed);
  return parsed
    ? absoluteFault(parsed, shown)
    : `The link ${shown} is not absolute. Write it with https:// and its host`;
}

function absoluteFault({ protocol, username, password }: URL, shown: string): string | undefined {
  if (/^(?:javascript|vbscript):$/.test(protocol)) return undefined;
  if (!FOLLOWED.has(protocol)) return `Mail clients do not follow ${protocol} in ${shown}. Link to a page`;
  if (username || password) return `The link ${shown} holds a login, which everybody sees. Take it out`;
  return undefined;
}
