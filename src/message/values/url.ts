import { isResolvable } from '../address/domain.js';

/**
 * Returns `new URL(text, base)`, or undefined if that is not a URL. Not by `URL.canParse`: on Node 20, once optimised (after
 * a few thousand calls), it rejects every URL with a character outside ASCII.
 */
export function urlOf(text: string, base?: URL): URL | undefined {
  if (hasEndlessHost(text)) return undefined;
  try {
    const url = new URL(text, base);
    if (!isWeb(url)) return url;
    // Node 20 and 22 leave it as it is; later versions encode it, as the standard now demands.
    if (url.pathname.includes('^')) url.pathname = url.pathname.replaceAll('^', '%5E');
    return isResolvable(url.hostname) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** True for schemes with a host that is looked up by name. */
const isWeb = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'http:';

/** Scheme and host, or a host alone, with the login before it. */
const LONGEST_START = 1_000;

/** True for a host that is too long to encode: the time for letters beyond ASCII grows with the square of their number. */
function hasEndlessHost(text: string): boolean {
  if (text.length <= LONGEST_START) return false;
  // Characters that the URL parser skips.
  const [first = '', second = ''] = text.replaceAll(/[\t\r\n]/g, '').split(/[/\\?#]+/, 2);
  return [first, second].some((part) => part.length > LONGEST_START && /[^\u0000-\u007f]/.test(part));
}
