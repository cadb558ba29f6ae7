import type { SmtpReply } from '../../errors/mail-error.js';

/**
 * `received` came from another program; the others are what became of the application's own. `captured` is kept
 * here by a transport that sends nothing, `sent` was taken by a mail server.
 */
export type CapturedStatus =
  'captured' | 'sent' | 'queued' | 'deferred' | 'dead' | 'cancelled' | 'failed' | 'received';

export type TimelineKind =
  | 'captured'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'waiting'
  | 'deferred'
  | 'failed'
  | 'dead'
  | 'ambiguous'
  | 'expired'
  | 'cancelled'
  | 'retried'
  | 'released';

/** One thing that happened to a mail. */
export interface TimelineEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly kind: TimelineKind;
  readonly text: string;
  /** When it is tried next, ISO 8601. */
  readonly dueAt?: string;
  readonly smtp?: SmtpReply;
  /** When it is about one recipient. */
  readonly recipient?: string;
}

/** A mail of the inbox without its bodies and files: what is listed, searched and changes over time. */
export interface CapturedMail {
  /** 32 hexadecimal digits, random: nobody guesses one. */
  readonly id: string;
  /** Its place among the mails of the inbox: a millisecond may bring several. */
  readonly order: number;
  /** When it was captured, ISO 8601. */
  readonly at: string;
  readonly messageId: string;
  readonly subject: string;
  /** As in the header: `Ada <ada@example.test>`. */
  readonly from: string;
  /** Envelope recipients. */
  readonly to: readonly string[];
  readonly template?: string;
  readonly locale?: string;
  readonly mailer?: string;
  readonly tags: readonly string[];
  /** Value of its `X-Test-Run` header. */
  readonly run?: string;
  /** The beginning of its text. */
  readonly snippet: string;
  /** The text that free words are looked for in, in small letters. */
  readonly words: string;
  /** Bytes of its source. */
  readonly size: number;
  readonly attachments: number;
  readonly unread: boolean;
  readonly status: CapturedStatus;
  /** In the queue. */
  readonly queueId?: string;
  /** What its template was given; secrets are hidden, and what JSON cannot say is left out. */
  readonly context?: unknown;
  /** Oldest first. */
  readonly timeline: readonly TimelineEntry[];
}
