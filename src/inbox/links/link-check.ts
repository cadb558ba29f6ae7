import { lookup } from 'node:dns/promises';
import { untilAborted } from '../../errors/abort.js';
import { show } from '../../errors/show.js';
import { messageOf } from '../../errors/mail-error.js';
import { urlOf } from '../../message/values/url.js';
import type { CheckedLink } from '../api/checks.js';
import { linkFault } from './link-fault.js';
import { LinkRequest, type LinkResponse } from './link-request.js';
import { isPublicAddress } from './public-address.js';

type LinkHop = CheckedLink['hops'][number];

export interface LinkCheckOptions {
  /** Resolves a host to its addresses. @default the system's resolver */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Whether the check may connect to an address. @default only public addresses */
  readonly isAllowed?: (address: string) => boolean;
  /** Milliseconds for the whole check. @default 5000 */
  readonly timeout?: number;
}

const MAX_REDIRECTS = 5;
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Follows a link of a mail as its reader would. A mail may contain any link, so the check connects only to the
 * public internet: it resolves the host, checks every address, and connects to exactly the checked addresses,
 * again for each redirect. It sends no cookie or login, and reads no body.
 */
export class LinkCheck {
  readonly #resolve: (host: string) => Promise<readonly string[]>;
  readonly #isAllowed: (address: string) => boolean;
  readonly #timeout: number;

  constructor({
    resolve = systemAddresses,
    isAllowed = isPublicAddress,
    timeout = 5_000,
  }: LinkCheckOptions = {}) {
    this.#resolve = resolve;
    this.#isAllowed = isAllowed;
    this.#timeout = timeout;
  }

  /** Never rejects: a failure is in `error` of the result. */
  async check(url: string): Promise<CheckedLink> {
    const hops: LinkHop[] = [];
    const signal = AbortSignal.timeout(this.#timeout);
    try {
      const status = await this.#follow(url, hops, signal);
      return { url, ok: status >= 200 && status < 300, status, hops };
    } catch (error) {
      const reason = signal.aborted ? `no answer within ${this.#timeout} ms` : messageOf(error);
      return { url, ok: false, hops, error: reason };
    }
  }

  async #follow(start: string, hops: LinkHop[], signal: AbortSignal): Promise<number> {
    let url = webAddress(start);
    for (let redirects = 0; ; redirects += 1) {
      const { status, location } = await this.#ask(url, signal);
      hops.push({ url: url.href, status });
      if (!REDIRECT_STATUSES.has(status) || location === undefined) return status;
      if (redirects === MAX_REDIRECTS) throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
      url = webAddress(location, url);
    }
  }

  /** Falls back to GET, because some servers do not support HEAD or answer it wrongly. */
  async #ask(url: URL, signal: AbortSignal): Promise<LinkResponse> {
    const request = new LinkRequest(url, await this.#addresses(url.hostname, signal), signal);
    const answer = await request.send('HEAD');
    return answer.status >= 400 ? request.send('GET') : answer;
  }

  async #addresses(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const found = await untilAborted(this.#resolve(host), signal);
    const blocked = found.find((address) => !this.#isAllowed(address));
    if (found.length === 0) throw new Error(`${host} has no address`);
    if (blocked === undefined) return found;
    throw new Error(
      `${host} is ${blocked}, which is not an address of the public internet, so it is not followed`,
    );
  }
}

function webAddress(link: string, base?: URL): URL {
  const fault = base ? undefined : linkFault(link);
  if (fault !== undefined) throw new Error(fault);
  const url = urlOf(link, base);
  if (!url) throw new Error(`it redirects to ${show(link)}, which is not a URL`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`only http: and https: links can be checked, and this one is ${url.protocol}`);
  }
  if (url.username || url.password) throw new Error('it redirects to a URL with a login');
  return url;
}

async function systemAddresses(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}
