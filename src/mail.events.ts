import type { MailError } from './errors/mail-error.js';
import type { RenderedMessage } from './message/message.js';
import type { Receipt } from './message/receipt.js';

/** The fields of a mail in every event. Bodies are left out, because events end up in logs. */
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

/** The next hop did not accept the mail; the caller got the same error. */
export interface MailFailedEvent extends MailEvent {
  readonly error: MailError;
}

/** A mail is durable in the queue. */
export interface MailQueuedEvent extends MailEvent {
  /** In the queue. */
  readonly id: string;
  readonly dueAt: Date;
}

/** The fields of every event about a queued mail. */
export interface MailInQueueEvent extends MailEvent {
  readonly id: string;
  /** Attempts begun. */
  readonly attempt: number;
  /** Error of the last attempt; absent if only some recipients were refused, or no attempt was made. */
  readonly error?: MailError;
}

/** Some or all recipients have to be tried again. */
export interface MailDeferredEvent extends MailInQueueEvent {
  readonly dueAt: Date;
}

/** The transport itself fails: its mails wait, and none of them is at fault. */
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
 * A fault that does not go away by itself: an operator has to act. No mail is lost. Published once, and logged as an
 * error even without an event emitter.
 */
export interface MailAlarmEvent {
  /**
   * `transport`: TLS, the login or the configuration of a server is wrong, so mails wait. `corrupt`: a queued mail
   * cannot be read and was set aside. `queue`: the store broke down and is opened again, or its file was damaged,
   * deleted or replaced.
   */
  readonly kind: 'transport' | 'corrupt' | 'queue';
  /** What happened, and how to fix it. */
  readonly message: string;
  /** Mailers whose mails are affected. */
  readonly mailers: readonly string[];
  /** Id of the queued mail, if the alarm is about one. */
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
  /** The mail was given up: refused for good, or it crashed its process three times. */
  'mail.dead': MailInQueueEvent;
  /** The mail was put back untried because its transport is at fault. It waits, and loses no attempt. */
  'mail.released': MailInQueueEvent;
  /** The mail is held (`onAmbiguous: 'hold'`) because it may have been sent. */
  'mail.ambiguous': MailInQueueEvent;
  /** The mail was not sent before it expired. */
  'mail.expired': MailInQueueEvent;
  'mail.paused': MailPausedEvent;
  'mail.resumed': MailResumedEvent;
  'mail.alarm': MailAlarmEvent;
}

export type MailEventName = keyof MailEvents;

/** Publishes an event. Publishing must not throw or delay a mail. */
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

/** The event view of a mail that failed at any stage. */
export function describeFailure(
  mailer: string,
  message: RenderedMessage | undefined,
  error: MailError,
): MailFailedEvent {
  if (message) return { ...describeMessage(message), error };
  const template = error.at?.template;
  return { mailer, to: [], ...(template !== undefined && { template }), tags: [], metadata: {}, error };
}
