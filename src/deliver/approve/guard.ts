import { MailError, type Rejection } from '../../errors/mail-error.js';
import { asciiAddress } from '../../message/address/address.js';
import type { Mailbox, RenderedMessage } from '../../message/message.js';
import type { RecipientPattern } from './recipient-pattern.js';

/** Limits the recipients of all mail, for instance on a staging system. */
export interface GuardOptions {
  /**
   * Addresses (`qa@example.test`) and domains (`*@example.test`, `*@*.example.test`); `*` matches any characters. An empty
   * list allows nobody.
   */
  readonly allow?: readonly string[] | undefined;
  /** Receives the mail for everybody else. Without it their addresses are removed from the mail. */
  readonly redirectTo?: string | undefined;
}

export interface RecipientGuard {
  /** An empty list allows nobody, so that `redirectTo` alone receives everything. */
  readonly allow: readonly RecipientPattern[];
  readonly redirectTo: Mailbox | undefined;
}

export interface Guarded {
  readonly message: RenderedMessage;
  /** The removed recipients, as the receipt lists them. */
  readonly suppressed: readonly Rejection[];
}

/**
 * Applies the guard to To, Cc and the envelope, and so to Bcc. Redirected mail names its original recipients in
 * X-Original-To.
 * @throws {MailError} `suppressed` if no recipient is left
 */
export function guardRecipients(message: RenderedMessage, guard: RecipientGuard | undefined): Guarded {
  if (!guard) return { message, suppressed: [] };
  const isAllowed: IsAllowed = (address) => {
    const ascii = asciiAddress(address);
    return guard.allow.some((pattern) => pattern.test(ascii));
  };
  const held = message.envelope.to.filter((address) => !isAllowed(address));
  if (held.length === 0) return { message, suppressed: [] };
  return guard.redirectTo
    ? redirect(message, held, isAllowed, guard.redirectTo)
    : strip(message, held, isAllowed);
}

type IsAllowed = (address: string) => boolean;

function redirect(
  message: RenderedMessage,
  held: readonly string[],
  isAllowed: IsAllowed,
  target: Mailbox,
): Guarded {
  const replace = (list: readonly Mailbox[]): Mailbox[] =>
    unique(list.map((mailbox) => (isAllowed(mailbox.address) ? mailbox : target)));
  const to = message.envelope.to.map((address) =>
    isAllowed(address) ? address : asciiAddress(target.address),
  );
  return {
    message: {
      ...message,
      to: replace(message.to),
      cc: replace(message.cc),
      envelope: { ...message.envelope, to: [...new Set(to)] },
      headers: { ...message.headers, 'X-Original-To': [...held] },
    },
    suppressed: [],
  };
}

function strip(message: RenderedMessage, held: readonly string[], isAllowed: IsAllowed): Guarded {
  const suppressed = held.map((address): Rejection => ({ address, code: 'suppressed', retryable: false }));
  const to = message.envelope.to.filter(isAllowed);
  if (to.length === 0) {
    throw new MailError(
      'suppressed',
      `Every recipient is outside the allow list: ${held.join(', ')}. Allow them (MAIL_ALLOW_RECIPIENTS or guard.allow), or redirect (MAIL_REDIRECT_TO or guard.redirectTo).`,
      { rejected: suppressed },
    );
  }
  const keep = (list: readonly Mailbox[]): Mailbox[] => list.filter((mailbox) => isAllowed(mailbox.address));
  return {
    message: {
      ...message,
      to: keep(message.to),
      cc: keep(message.cc),
      envelope: { ...message.envelope, to },
    },
    suppressed,
  };
}

function unique(list: readonly Mailbox[]): Mailbox[] {
  return [...new Map(list.map((mailbox) => [mailbox.address, mailbox])).values()];
}
