import type { MailError } from './errors/mail-error.js';
import type { RenderedMessage } from './message/message.js';
import type { Receipt } from './message/receipt.js';

/** What every event tells about its mail. Bodies are left out: events end up in logs. */
export interface MailEvent {
  readonly mailer: string;
  /** Envelope recipients. Empty when the mail failed before its recipients were known. */
  readonly to: readonly string[];
  readonly messageId?: string;
  readonly template?: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** An attempt is about to start. */
export type MailSendingEvent = MailEvent;

/** The next hop accepted the mail for at least one recipient. */
export interface MailSentEvent extends MailEvent {
  readonly receipt: Receipt;
}

/** The mail was not accepted; the caller got the same error. */
export interface MailFailedEvent extends MailEvent {
  readonly error: MailError;
}

/** A mail is durable in the queue. */
export interface MailQueuedEvent extends MailEvent {
  /** In the queue. */
  readonly id: string;
  readonly dueAt: Date;
}

/** What every event about a mail in the queue tells. */
export interface MailInQueueEvent extends MailEvent {
  readonly id: string;
  /** Attempts begun. */
  readonly attempt: number;
  /** Of the last attempt; absent when some recipients were refused, or none was made. */
  readonly error?: MailError;
}

/** Some or all recipients have to be tried again. */
export interface MailDeferredEvent extends MailInQueueEvent {
  readonly dueAt: Date;
}

/** The transport itself does not work: its mails wait, none of them at fault. */
export interface MailPausedEvent {
  readonly mailer: string;
  readonly error: MailError;
  /** Milliseconds until one mail tries it again. */
  readonly retryInMs: number;
}

/** The transport works again. */
export interface MailResumedEvent {
  readonly mailer: string;
}

/**
 * Somebody has to look: time alone does not fix this. No mail is lost by it. Told once, and logged as an
 * error, also where no event emitter is.
 */
export interface MailAlarmEvent {
  /**
   * `transport`: TLS, the login or the configuration of a server is not right, so mails wait. `corrupt`: a
   * queued mail cannot be read and was set aside. `queue`: the store itself broke down, and is opened again; or its
   * file was damaged, deleted or replaced.
   */
  readonly kind: 'transport' | 'corrupt' | 'queue';
  /** What happened, and how to fix it. */
  readonly message: string;
  /** Those whose mails are concerned. */
  readonly mailers: readonly string[];
  /** Of the mail in the queue, when it is about one. */
  readonly id?: string;
  readonly error?: MailError;
}

/** Event names and payloads, as `@nestjs/event-emitter` delivers them: `@OnEvent('mail.sent')`. */
export interface MailEvents {
  'mail.sending': MailSendingEvent;
  'mail.sent': MailSentEvent;
  'mail.failed': MailFailedEvent;
  'mail.queued': MailQueuedEvent;
  'mail.deferred': MailDeferredEvent;
  /** Given up: refused for good, or its process ended with it again and again. */
  'mail.dead': MailInQueueEvent;
  /** Given back untried, because its transport is at fault. It waits, and has lost no attempt. */
  'mail.released': MailInQueueEvent;
  /** Held (`onAmbiguous: 'hold'`): it may have been sent. */
  'mail.ambiguous': MailInQueueEvent;
  /** Not sent within its time. */
  'mail.expired': MailInQueueEvent;
  'mail.paused': MailPausedEvent;
  'mail.resumed': MailResumedEvent;
  'mail.alarm': MailAlarmEvent;
}

export type MailEventName = keyof MailEvents;

/** Events only notify: publishing never throws and never delays a mail. */
export type PublishMailEvent = <N extends MailEventName>(name: N, event: MailEvents[N]) => void;

/** The event view of a message. */
export function describeMessage(message: RenderedMessage): MailEvent {
  return {
    mailer: message.mailer,
    to: message.envelope.to,
    messageId: message.messageId,
    ...(message.template !== undefined && { template: message.template }),
    tags: message.tags,
    metadata: message.metadata,
  };
}

/** The event view of a mail that failed, however far it came. */
export function describeFailure(
  mailer: string,
  message: RenderedMessage | undefined,
  error: MailError,
): MailFailedEvent {
  if (message) return { ...describeMessage(message), error };
  const template = error.at?.template;
  return { mailer, to: [], ...(template !== undefined && { template }), tags: [], metadata: {}, error };
}
