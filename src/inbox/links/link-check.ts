import { lookup } from 'node:dns/promises';
import { untilAborted } from '../../errors/abort.js';
import { show } from '../../errors/config-report.js';
import { messageOf } from '../../errors/mail-error.js';
import { urlOf } from '../../message/values/url.js';
import type { CheckedLink } from '../api/checks.js';
import { linkFault } from './link-fault.js';
import { LinkRequest, type LinkAnswer } from './link-request.js';
import { isPublicAddress } from './public-address.js';

type LinkHop = CheckedLink['hops'][number];

export interface LinkCheckOptions {
  /** The addresses of a host. @default the system's resolver */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Whether an address may be connected to. @default public ones */
  readonly isAllowed?: (address: string) => boolean;
  /** Milliseconds for all of it. @default 5000 */
  readonly timeout?: number;
}

const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Follows a link of a mail as its reader would, when somebody asks for it. A mail may hold any link, so it
 * leads to the public internet or nowhere: every address is checked after it was resolved, again after each
 * redirect, and the checked one is connected to. No cookie or login is sent, and no body is read.
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

  /** @returns what came of it; it does not reject */
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
      if (!REDIRECTS.has(status) || location === undefined) return status;
      if (redirects === MOST_REDIRECTS)
        throw new LinkRefusal(`it redirects more than ${MOST_REDIRECTS} times`);
      url = webAddress(location, url);
    }
  }

  /** Some servers know no HEAD, or answer it wrongly. */
  async #ask(url: URL, signal: AbortSignal): Promise<LinkAnswer> {
    const request = new LinkRequest(url, await this.#addresses(url.hostname, signal), signal);
    const answer = await request.send('HEAD');
    return answer.status >= 400 ? request.send('GET') : answer;
  }

  async #addresses(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const found = await untilAborted(this.#resolve(host), signal);
    const blocked = found.find((address) => !this.#isAllowed(address));
    if (found.length === 0) throw new LinkRefusal(`${host} has no address`);
    if (blocked === undefined) return found;
    throw new LinkRefusal(
      `${host} is ${blocked}, which is no address of the public internet: it is not asked`,
    );
  }
}

/** What is not even tried. */
class LinkRefusal extends Error {
  override readonly name = 'LinkRefusal';
}

function webAddress(link: string, base?: URL): URL {
  const fault = base ? undefined : linkFault(link);
  if (fault !== undefined) throw new LinkRefusal(fault);
  const url = urlOf(link, base);
  if (!url) throw new LinkRefusal(`it redirects to ${show(link)}, which is no address`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new LinkRefusal(`only http: and https: links can be checked, and this one is ${url.protocol}`);
  }
  if (url.username || url.password) throw new LinkRefusal('it redirects to an address with a login');
  return url;
}

async function systemAddresses(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}
