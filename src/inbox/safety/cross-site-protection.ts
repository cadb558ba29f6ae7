import { Inject, Injectable } from '@nestjs/common';
import { urlOf } from '../../message/values/url.js';
import { refusal } from '../http/reply.js';
import { headerOf, hostOf, type InboxRequest } from '../http/request.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';

/** Pages of other sites cannot send it: browsers need a CORS preflight for it, which the inbox never grants. */
export const OWN_HEADER = 'x-mail-inbox';

/** How a route deviates from the default protection. */
export interface CrossSiteRules {
  /** Requests from other sites that the route answers. @default none */
  readonly allow?: CrossSiteAccess;
  /** Whether it requires the header although it only reads. */
  readonly needsHeader?: boolean;
}

const SAFE_METHODS = new Set(['GET', 'HEAD']);

/**
 * Defaults for every answer: forbid scripts, framing, embedding, caching, content sniffing, and DNS lookups before
 * somebody follows a link.
 */
const DEFAULT_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
} as const;

/**
 * For pages that links of other sites may open: deprives the linking page of a window handle, with which it could
 * count our frames. Not for mails: browsers refuse to open sandboxed html with it.
 */
const NAVIGATION_HEADERS = { 'cross-origin-opener-policy': 'same-origin' } as const;

/** Checks every request to the inbox for signs of another site, before any guard runs. */
@Injectable()
export class CrossSiteProtection {
  readonly #options: ResolvedInboxOptions;

  constructor(@Inject(INBOX_OPTIONS) options: ResolvedInboxOptions) {
    this.#options = options;
  }

  /** Default headers of a route. */
  headersOf({ allow }: CrossSiteRules): Readonly<Record<string, string>> {
    return { ...DEFAULT_HEADERS, ...(allow === 'navigation' && NAVIGATION_HEADERS) };
  }

  /** @throws {HttpException} 403 for a request that another site may have caused */
  check(request: InboxRequest, { allow, needsHeader = false }: CrossSiteRules): void {
    this.#checkHost(request);
    if (!isOwnOrigin(request, allow))
      throw refusal(403, 'The mail inbox does not answer requests from other origins.');
    if (needsHeader || !SAFE_METHODS.has(request.method)) checkHeader(request);
  }

  #checkHost(request: InboxRequest): void {
    if (isAllowedHost(hostOf(request), this.#options.hosts)) return;
    throw refusal(
      403,
      'The mail inbox does not answer to this host name. To allow it, add it to the option hosts of MailInboxModule.forRoot().',
    );
  }
}

function checkHeader(request: InboxRequest): void {
  if (headerOf(request, OWN_HEADER) === '1') return;
  throw refusal(
    403,
    `This request requires the header ${OWN_HEADER}: 1, which pages of other sites cannot send.`,
  );
}

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const HOST = /^(?<name>\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/;

/**
 * Whether the inbox answers to this host. Another site can point its own name to this machine (DNS rebinding) and
 * then be same-origin, so the inbox answers only to names that nobody else can own.
 */
function isAllowedHost(host: string | undefined, hosts: readonly string[]): boolean {
  const name = HOST.exec(host ?? '')?.groups?.['name'];
  if (name === undefined) return false;
  return (
    [...LOOPBACK, ...hosts.map((each) => each.toLowerCase())].includes(name) || name.endsWith('.localhost')
  );
}

/**
 * Requests from other sites that a route answers. `navigation`: a link that opens the page, whose content is the
 * same for everybody. `cross-site`: all, since the URL contains an id that nobody can guess; the sandboxed frame
 * of a mail has an opaque origin, so its own requests count as cross-site.
 */
type CrossSiteAccess = 'navigation' | 'cross-site';

/** Whether the request comes from the same origin, from the user, or from no browser at all. */
function isOwnOrigin(request: InboxRequest, allow: CrossSiteAccess | undefined): boolean {
  return allow === 'cross-site' || (isSameOrigin(request) && isOwnSite(request, allow));
}

function isSameOrigin(request: InboxRequest): boolean {
  const origin = headerOf(request, 'origin');
  if (request.headers['origin'] === undefined) return true;
  return origin !== undefined && urlOf(origin)?.host === hostOf(request);
}

/**
 * Requests without CORS (an image, a `no-cors` fetch) have no Origin. Their response stays hidden, but its timing
 * would reveal whether a search found something. Sec-Fetch-Site tells where they come from; browsers send it to
 * loopback addresses always, to other hosts only over https.
 */
function isOwnSite(request: InboxRequest, allow: CrossSiteAccess | undefined): boolean {
  const site = headerOf(request, 'sec-fetch-site');
  if (request.headers['sec-fetch-site'] === undefined) return true;
  if (site === 'same-origin' || site === 'none') return true;
  return allow === 'navigation' && isTopLevelNavigation(request);
}

/** Whether a link opens a window or tab, not a frame. */
function isTopLevelNavigation(request: InboxRequest): boolean {
  return (
    headerOf(request, 'sec-fetch-mode') === 'navigate' && headerOf(request, 'sec-fetch-dest') === 'document'
  );
}
