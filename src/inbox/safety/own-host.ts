import { urlOf } from '../../message/values/url.js';
import { headerOf, type InboxRequest } from '../http/request.js';

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const HOST = /^(?<name>\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/;

/** The host a request was made to, with its port, in small letters; undefined without one. */
export function hostOf(request: InboxRequest): string | undefined {
  return (headerOf(request, ':authority') ?? headerOf(request, 'host'))?.toLowerCase();
}

/**
 * Whether the inbox may be asked by that name. A page of another site can make its own name point here
 * (DNS rebinding) and would then be of this origin: only names nobody else owns are answered.
 */
export function isAllowedHost(host: string | undefined, hosts: readonly string[]): boolean {
  const name = HOST.exec(host ?? '')?.groups?.['name'];
  if (name === undefined) return false;
  return (
    [...LOOPBACK, ...hosts.map((each) => each.toLowerCase())].includes(name) || name.endsWith('.localhost')
  );
}

/**
 * What another site may make a browser ask of a route. `nobody`: nothing at all. `links`: what a link in a page
 * of theirs opens, as it is the same for everybody. `knowers`: anything, since nobody guesses the id in its URL; the
 * frame of a mail has no origin, so what it loads is asked for by another site.
 */
export type OpenTo = 'nobody' | 'links' | 'knowers';

/** Whether the browser, if it tells, asks for a page of the same host or for a person. */
export function isOwnOrigin(request: InboxRequest, openTo: OpenTo): boolean {
  return openTo === 'knowers' || (isSameOrigin(request) && isOwnSite(request, openTo));
}

function isSameOrigin(request: InboxRequest): boolean {
  const origin = headerOf(request, 'origin');
  if (request.headers['origin'] === undefined) return true;
  return origin !== undefined && urlOf(origin)?.host === hostOf(request);
}

/**
 * Requests that need no permission (an image, a `no-cors` fetch) carry no Origin. Their answer stays hidden,
 * but not how long it took, which tells whether a search has found something. Browsers say in Sec-Fetch-Site
 * whose they are: always to loopback, to other names over https only.
 */
function isOwnSite(request: InboxRequest, openTo: OpenTo): boolean {
  const site = headerOf(request, 'sec-fetch-site');
  if (request.headers['sec-fetch-site'] === undefined) return true;
  if (site === 'same-origin' || site === 'none') return true;
  return openTo === 'links' && isOpened(request);
}

/** In a window of its own, not in a frame. */
function isOpened(request: InboxRequest): boolean {
  return (
    headerOf(request, 'sec-fetch-mode') === 'navigate' && headerOf(request, 'sec-fetch-dest') === 'document'
  );
}
