import type { Envelope } from './envelope.js';
import type { ProviderFields } from './provider-options.js';

/** A checked mailbox. The domain of `address` is lower-cased, and not yet in ASCII (see `asciiAddress`). */
export interface Mailbox {
  readonly address: string;
  readonly name?: string;
}

/** Checked extra headers; several values are several header lines. */
export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** An attachment with its bytes. */
export interface MessageAttachment {
  readonly filename?: string;
  readonly content: Buffer;
  readonly contentType: string;
  readonly cid?: string;
  readonly disposition: 'attachment' | 'inline';
  readonly headers: Headers;
}

export interface MessageAlternative {
  readonly contentType: string;
  readonly content: Buffer;
}

/** The fields that a composed and a rendered message share. */
interface MessageFields {
  /** With angle brackets; the same on every attempt. */
  readonly messageId: string;
  readonly date: Date;
  readonly envelope: Envelope;
  readonly from: Mailbox;
  readonly sender?: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  readonly attachments: readonly MessageAttachment[];
  readonly alternatives: readonly MessageAlternative[];
  /** All further headers, including those of fields such as `priority` and `listUnsubscribe`. */
  readonly headers: Headers;
  /** Name of the mailer that sends it. */
  readonly mailer: string;
  readonly locale?: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Options of one provider, by its scheme. */
  readonly provider?: ProviderFields;
}

/** Bodies that the caller gave. */
export interface LiteralBody {
  readonly subject?: string;
  readonly html?: string;
  readonly text?: string;
}

/** Bodies that a template still has to render. */
export interface TemplateBody {
  readonly template: string;
  readonly context: object;
  /** Overrides the template's. */
  readonly subject?: string;
}

/** A composed mail: defaults applied, addresses parsed, everything checked, Message-ID and Date fixed. */
export interface Message extends MessageFields {
  readonly body: LiteralBody | TemplateBody;
  readonly timeZone: string;
}

/** A message with its final subject, html and text. It is serialisable, and gives the same bytes on every attempt. */
export interface RenderedMessage extends MessageFields {
  readonly subject: string;
  readonly html?: string;
  readonly text?: string;
  readonly template?: string;
}
