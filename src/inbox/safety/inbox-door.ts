import { Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import { headerOf, type InboxRequest } from './http.js';
import { hostOf, isAllowedHost, isOwnOrigin, type OpenTo } from './own-host.js';
import { refusal } from './refusal.js';

/** No page of another site can send it: a browser would ask first, and is never told yes. */
export const OWN_HEADER = 'x-mail-inbox';

const NEEDS_HEADER = 'nest-mailroom:inbox:needs-header';

/** A route that is read, and yet only by whoever can send the header. */
export const NeedsHeader = (): MethodDecorator => SetMetadata(NEEDS_HEADER, true);

const OPEN_TO = 'nest-mailroom:inbox:open-to';

/** A route that is the same for everybody: a link to it may stand in a page of another site. */
export const OpenToLinks = (): MethodDecorator => SetMetadata(OPEN_TO, 'links' satisfies OpenTo);

/** A route whose URL nobody guesses, for what the frame of a mail loads: having no origin, that is another site. */
export const OpenToKnowers = (): MethodDecorator => SetMetadata(OPEN_TO, 'knowers' satisfies OpenTo);

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

/** A handler of a controller, by what its decorators say. */
type Handler = (...args: unknown[]) => unknown;

/** Stands before every route of the inbox, and before the guards of the application. */
@Injectable()
export class InboxDoor {
  readonly #options: ResolvedInboxOptions;
  readonly #reflector: Reflector;

  constructor(@Inject(INBOX_OPTIONS) options: ResolvedInboxOptions, @Inject(Reflector) reflector: Reflector) {
    this.#options = options;
    this.#reflector = reflector;
  }

  /** Of every answer of a handler. */
  headersOf(handler: Handler): Readonly<Record<string, string>> {
    return { ...HEADERS, ...(this.#openTo(handler) === 'links' && OPENED_HEADERS) };
  }

  /** @throws {HttpException} 403 for a request that may be another site's */
  check(request: InboxRequest, handler: Handler): void {
    this.#checkHost(request);
    this.#checkOrigin(request, this.#openTo(handler));
    this.#checkHeader(request, handler);
  }

  #checkHost(request: InboxRequest): void {
    if (isAllowedHost(hostOf(request), this.#options.hosts)) return;
    throw refusal(
      403,
      'The mail inbox is not asked by this name. To allow it, add it to the option hosts of MailInboxModule.forRoot().',
    );
  }

  #openTo(handler: Handler): OpenTo {
    return this.#reflector.get<OpenTo | undefined>(OPEN_TO, handler) ?? 'nobody';
  }

  #checkOrigin(request: InboxRequest, openTo: OpenTo): void {
    if (isOwnOrigin(request, openTo)) return;
    throw refusal(403, 'The mail inbox does not answer pages of other origins.');
  }

  #checkHeader(request: InboxRequest, handler: Handler): void {
    const isRead = READS.has(request.method);
    const needsIt = !isRead || this.#reflector.get<boolean | undefined>(NEEDS_HEADER, handler);
    if (!needsIt || headerOf(request, OWN_HEADER) === '1') return;
    throw refusal(
      403,
      `This request needs the header ${OWN_HEADER}: 1, which no page of another site can send.`,
    );
  }
}
