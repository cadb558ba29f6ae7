import { Inject, Injectable } from '@nestjs/common';
import { refusal } from '../http/refusal.js';
import { headerOf, type InboxRequest } from '../http/request.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import { hostOf, isAllowedHost, isOwnOrigin, type OpenTo } from './own-host.js';

/** No page of another site can send it: a browser would ask first, and is never told yes. */
export const OWN_HEADER = 'x-mail-inbox';

/** What a route says of who may ask for it. */
export interface RouteAccess {
  /** What another site may make a browser ask of it. @default 'nobody' */
  readonly openTo?: OpenTo;
  /** It only reads, and yet needs the header. */
  readonly needsHeader?: boolean;
}

const READS = new Set(['GET', 'HEAD']);

/**
 * Of every answer, unless its route says otherwise: nothing of it runs, is framed, embedded, kept or guessed
 * at, and no name in it is looked up before somebody follows a link.
 */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
} as const;

/**
 * Of what a link opens: the page it stands in holds no window of ours, whose frames it could count. Browsers
 * refuse to open html in a sandbox with it, so mails do without.
 */
const OPENED_HEADERS = { 'cross-origin-opener-policy': 'same-origin' } as const;

/** Stands before every route of the inbox, and before the guards of the application. */
@Injectable()
export class InboxDoor {
  readonly #options: ResolvedInboxOptions;

  constructor(@Inject(INBOX_OPTIONS) options: ResolvedInboxOptions) {
    this.#options = options;
  }

  /** Of every answer of a route. */
  headersOf({ openTo }: RouteAccess): Readonly<Record<string, string>> {
    return { ...HEADERS, ...(openTo === 'links' && OPENED_HEADERS) };
  }

  /** @throws {HttpException} 403 for a request that may be another site's */
  check(request: InboxRequest, { openTo = 'nobody', needsHeader = false }: RouteAccess): void {
    this.#checkHost(request);
    if (!isOwnOrigin(request, openTo))
      throw refusal(403, 'The mail inbox does not answer pages of other origins.');
    if (needsHeader || !READS.has(request.method)) checkHeader(request);
  }

  #checkHost(request: InboxRequest): void {
    if (isAllowedHost(hostOf(request), this.#options.hosts)) return;
    throw refusal(
      403,
      'The mail inbox is not asked by this name. To allow it, add it to the option hosts of MailInboxModule.forRoot().',
    );
  }
}

function checkHeader(request: InboxRequest): void {
  if (headerOf(request, OWN_HEADER) === '1') return;
  throw refusal(
    403,
    `This request needs the header ${OWN_HEADER}: 1, which no page of another site can send.`,
  );
}
