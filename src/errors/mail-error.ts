import { isNativeError } from 'node:util/types';

/** The next hop's answer, as read on the wire (RFC 5321 §4.2, RFC 3463). */
export interface SmtpReply {
  /** Three digits, e.g. 550. */
  readonly code: number;
  /** Enhanced status code, e.g. `5.1.1`, when the server gave one. */
  readonly enhanced?: string;
  /** The reply text, without the codes. */
  readonly text: string;
  /** The command it answers, e.g. `RCPT TO`. */
  readonly command?: string;
}

/** The part at fault, and so the part that a retry would meet again. */
export type MailErrorScope = 'config' | 'mail' | 'recipient' | 'transport';

/** `unknown`: the body was handed to the socket and no final reply came back. */
export type MailOutcome = 'not-sent' | 'unknown';

/** The place of the fault; each kind of fault fills in its own fields. */
export interface MailErrorLocation {
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
  readonly template?: string | undefined;
  /** Path in the context, e.g. `user.name`. */
  readonly path?: string | undefined;
  /** Field of the mail or of the options, e.g. `attachments[0].filename`. */
  readonly field?: string | undefined;
  readonly recipient?: string | undefined;
}

interface Traits {
  readonly scope: MailErrorScope;
  readonly retryable: boolean;
}

/** The defaults of a code; the place that read the fault may know better. */
const TRAITS = {
  config: { scope: 'config', retryable: false },
  'template-not-found': { scope: 'mail', retryable: false },
  'template-invalid': { scope: 'config', retryable: false },
  'context-invalid': { scope: 'mail', retryable: false },
  'message-invalid': { scope: 'mail', retryable: false },
  unsupported: { scope: 'mail', retryable: false },
  'recipients-rejected': { scope: 'recipient', retryable: false },
  'message-rejected': { scope: 'mail', retryable: false },
  authentication: { scope: 'transport', retryable: true },
  tls: { scope: 'transport', retryable: true },
  'transport-unavailable': { scope: 'transport', retryable: true },
  timeout: { scope: 'transport', retryable: true },
  ambiguous: { scope: 'transport', retryable: true },
  'rate-limited': { scope: 'transport', retryable: true },
  'queue-full': { scope: 'transport', retryable: true },
  suppressed: { scope: 'mail', retryable: false },
  expired: { scope: 'mail', retryable: false },
  aborted: { scope: 'mail', retryable: true },
  closed: { scope: 'transport', retryable: true },
} as const satisfies Record<string, Traits>;

/** A closed list: a `switch` over it can be exhaustive. */
export type MailErrorCode = keyof typeof TRAITS;

export function isMailErrorCode(value: string): value is MailErrorCode {
  return Object.hasOwn(TRAITS, value);
}

export interface MailErrorOptions {
  readonly retryable?: boolean | undefined;
  readonly scope?: MailErrorScope | undefined;
  /** @default 'not-sent', except for `ambiguous`: 'unknown' */
  readonly outcome?: MailOutcome | undefined;
  readonly cause?: unknown;
  readonly smtp?: SmtpReply | undefined;
  /** Milliseconds that the next hop asked to wait, as an HTTP API does by Retry-After (RFC 9110 §10.2.3). */
  readonly retryAfterMs?: number | undefined;
  /**
   * Milliseconds since a mail was queued for which the next hop recognises it (an idempotency key). Within this time a
   * retry after an unknown outcome cannot send it twice.
   */
  readonly repeatableForMs?: number | undefined;
  readonly at?: MailErrorLocation | undefined;
  /** The fault of each recipient, if all were refused one by one. */
  readonly rejected?: readonly Rejection[] | undefined;
  /** Name of the member at fault, in a transport that wraps others. */
  readonly transport?: string | undefined;
}

/** A recipient that the next hop or the recipient guard refused. */
export interface Rejection {
  readonly address: string;
  readonly code: MailErrorCode;
  readonly retryable: boolean;
  readonly smtp?: SmtpReply;
  /** `unknown`: this recipient may have got the mail. @default 'not-sent' */
  readonly outcome?: MailOutcome;
}

/** The one class of the module's errors. The message never holds a secret. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly code: MailErrorCode;
  /** Whether the same mail may succeed later without anybody changing it. */
  readonly retryable: boolean;
  readonly scope: MailErrorScope;
  readonly outcome: MailOutcome;
  readonly smtp?: SmtpReply;
  /** Milliseconds before which a queued mail is not tried again, for up to an hour. */
  readonly retryAfterMs?: number;
  /** Milliseconds since a mail was queued for which the same next hop may get it again after an unknown outcome. */
  readonly repeatableForMs?: number;
  readonly at?: MailErrorLocation;
  readonly rejected: readonly Rejection[];
  /**
   * Name of the member at fault, in a transport that wraps others such as `failover`: the other members may work. Absent if
   * the whole transport is at fault.
   */
  readonly transport?: string;

  constructor(code: MailErrorCode, message: string, options: MailErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? TRAITS[code].retryable;
    this.scope = options.scope ?? TRAITS[code].scope;
    this.outcome = options.outcome ?? (code === 'ambiguous' ? 'unknown' : 'not-sent');
    this.rejected = options.rejected ?? [];
    if (options.smtp) this.smtp = options.smtp;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.repeatableForMs !== undefined) this.repeatableForMs = options.repeatableForMs;
    if (options.at) this.at = options.at;
    if (options.transport !== undefined) this.transport = options.transport;
  }

  /** True for a `MailError` of any copy of this module: ESM and CommonJS builds may meet in one process. */
  static is(value: unknown): value is MailError {
    return isNativeError(value) && value.name === 'MailError' && 'code' in value && 'retryable' in value;
  }
}

/** Copies an error, with some of its traits replaced. */
export function withTraits(error: MailError, traits: MailErrorOptions): MailError {
  const { code, message, retryable, scope, outcome, cause, smtp, retryAfterMs, repeatableForMs } = error;
  const { at, rejected, transport } = error;
  return new MailError(code, message, {
    retryable,
    scope,
    outcome,
    cause,
    smtp,
    retryAfterMs,
    repeatableForMs,
    at,
    rejected,
    transport,
    ...traits,
  });
}

/**
 * Turns a caught value into the module's error. Code of the caller's runs inside `send` (a `toMail`, a getter);
 * its errors are the mail's fault.
 */
export function asMailError(error: unknown): MailError {
  if (MailError.is(error)) return error;
  return new MailError('message-invalid', `The mail could not be made: ${messageOf(error)}`, {
    cause: error,
  });
}

/**
 * Returns the message of a caught value. Not by `instanceof Error`: an error of Node itself may come from another realm,
 * as in every test under jest, and those of libsql are no errors of any realm.
 */
export function messageOf(error: unknown): string {
  const message = fieldOf(error, 'message');
  return typeof message === 'string' ? message : 'something was thrown that is not an Error';
}

/** Returns the `code` of a caught value, such as `ENOENT`; empty without one. */
export function codeOf(error: unknown): string {
  const code = fieldOf(error, 'code');
  return typeof code === 'string' ? code : '';
}

/** Returns a field of a caught value, which may be of any type. */
export function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined;
}
