import { isResolvable } from '../address/domain.js';

/**
 * What `new URL(text, base)` makes of it; undefined for what is none. `URL.canParse` of Node 20 is no way to ask: once
 * it is optimised, after some thousand calls, it says no to everything outside ASCII.
 */
export function urlOf(text: string, base?: URL): URL | undefined {
  if (hasEndlessHost(text)) return undefined;
  try {
    const url = new URL(text, base);
    if (!isWeb(url)) return url;
    // Node 20 and 22 leave it as it is, later ones encode it, as the standard says by now.
    if (url.pathname.includes('^')) url.pathname = url.pathname.replaceAll('^', '%5E');
    return isResolvable(url.hostname) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Of others, nobody looks their host up by its name. */
const isWeb = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'http:';

/** Scheme and host, or a host alone, with the login before it. */
const LONGEST_START = 1_000;

/** Letters beyond ASCII in a host are encoded in a time that grows with the square of their number. */
function hasEndlessHost(text: string): boolean {
  if (text.length <= LONGEST_START) return false;
  // Those that the parser of URLs passes over.
  const [first = '', second = ''] = text.replaceAll(/[\t\r\n]/g, '').split(/[/\\?#]+/, 2);
  return [first, second].some((part) => part.length > LONGEST_START && /[^\u0000-\u007f]/.test(part));
}
