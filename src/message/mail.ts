import type { Readable } from 'node:stream';
import type { DeliveryStatusRequest } from './envelope.js';
import type { ProviderOptions } from './provider-options.js';

/**
 * The templates of the application and the context of each. Empty here; generated types augment it:
 * `declare module 'nest-mailroom' { interface MailTemplates { welcome: { user: { name: string } } } }`
 */
export interface MailTemplates {}

/** Any name until `MailTemplates` is augmented; then only the known ones. */
export type TemplateName = [keyof MailTemplates] extends [never]
  ? string
  : Extract<keyof MailTemplates, string>;

/** The type of a template's context. */
export type ContextOf<N extends string> = N extends keyof MailTemplates ? MailTemplates[N] : object;

/** A mailbox in parts. The name may hold any printable characters; it is quoted or encoded as needed. */
export interface MailboxInput {
  readonly address: string;
  readonly name?: string | undefined;
}

/** `'a@x.test'`, `'Ada <a@x.test>'` or `{ address, name }`. One value is one mailbox. */
export type AddressInput = string | MailboxInput;

/** One mailbox or several. */
export type AddressesInput = AddressInput | readonly AddressInput[];

/** Bytes or text; a stream is read when the mail is composed. */
export type AttachmentContent = string | Uint8Array | Readable;

interface AttachmentFields {
  /** Name shown to the reader; no path. Up to 255 characters. Default for `path`: its base name. */
  readonly filename?: string | undefined;
  /** Media type, e.g. `application/pdf`. Default: from the filename, else `application/octet-stream`. */
  readonly contentType?: string | undefined;
  /** Content-ID that the html refers to as `cid:…`; makes the attachment inline. Without angle brackets. */
  readonly cid?: string | undefined;
  /** @default 'inline' with a `cid`, else 'attachment' */
  readonly disposition?: 'attachment' | 'inline' | undefined;
  readonly headers?: HeadersInput | undefined;
}

export interface ContentAttachment extends AttachmentFields {
  readonly content: AttachmentContent;
  /** Encoding of a string `content`. @default 'utf8' */
  readonly encoding?: 'utf8' | 'base64' | 'hex' | undefined;
  readonly path?: never;
}

export interface FileAttachment extends AttachmentFields {
  /** A file below one of the `attachments.roots` of the options; links that lead elsewhere are refused. */
  readonly path: string;
  readonly content?: never;
}

export type Attachment = ContentAttachment | FileAttachment;

/** Extra headers. Names with a field of their own (To, Subject, …) are refused. */
export type HeadersInput = Readonly<Record<string, string | readonly string[]>>;

/** Another rendition of the body, e.g. `text/x-amp-html` (RFC 2046 §5.1.4). */
export interface Alternative {
  readonly contentType: string;
  readonly content: string | Uint8Array;
}

/** A calendar event (RFC 5545, RFC 6047): sent as an alternative and as an attachment. */
export interface CalendarEvent {
  /** Refused if the content has another method. @default METHOD of the content, else 'PUBLISH' */
  readonly method?:
    'PUBLISH' | 'REQUEST' | 'REPLY' | 'ADD' | 'CANCEL' | 'REFRESH' | 'COUNTER' | 'DECLINECOUNTER';
  readonly content: string | Uint8Array;
  /** @default 'invite.ics' */
  readonly filename?: string | undefined;
}

/** List-Unsubscribe (RFC 2369); with `oneClick`, List-Unsubscribe-Post (RFC 8058), which needs an https `url`. */
export interface ListUnsubscribe {
  readonly url?: string | undefined;
  readonly mailto?: string | undefined;
  /** @default true when `url` is https */
  readonly oneClick?: boolean | undefined;
}

/** Everything in a mail except its template. */
export interface MailFields {
  readonly to?: AddressesInput | undefined;
  readonly cc?: AddressesInput | undefined;
  /** In the envelope only; never in a header. */
  readonly bcc?: AddressesInput | undefined;
  /** Default: the mailer's `from`. */
  readonly from?: AddressInput | undefined;
  /** The person who acts for `from` (RFC 5322 §3.6.2). */
  readonly sender?: AddressInput | undefined;
  readonly replyTo?: AddressesInput | undefined;
  /** BCP 47, e.g. `fr-CA`. Chooses the template variant and the format of dates and numbers. */
  readonly locale?: string | undefined;
  /** IANA name, e.g. `Europe/Paris`. @default 'UTC' */
  readonly timeZone?: string | undefined;
  /** Sent exactly as given; overrides the template's subject. Up to 998 characters. */
  readonly subject?: string | undefined;
  /** Sent exactly as given, never interpolated. */
  readonly html?: string | undefined;
  /** Sent exactly as given, never interpolated. */
  readonly text?: string | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
  readonly headers?: HeadersInput | undefined;
  /** `<left@right>`. Default: a random one under the sender's domain. */
  readonly messageId?: string | undefined;
  /** The Message-ID that this mail answers, as it came: folds, missing brackets and odd characters are accepted. */
  readonly inReplyTo?: string | undefined;
  /** Message-IDs of the thread, oldest first, as they came; of more than 100, the first and the latest are kept. */
  readonly references?: string | readonly string[] | undefined;
  /** @default now */
  readonly date?: Date | undefined;
  readonly priority?: 'high' | 'normal' | 'low' | undefined;
  readonly listUnsubscribe?: ListUnsubscribe | undefined;
  readonly icalEvent?: CalendarEvent | undefined;
  readonly dsn?: DeliveryStatusRequest | undefined;
  readonly alternatives?: readonly Alternative[] | undefined;
  /** Bounce address: MAIL FROM. Default: `sender`, else `from`. */
  readonly envelope?: { readonly from?: string | undefined } | undefined;
  /** For your own use in events and the outbox; not sent. */
  readonly tags?: readonly string[] | undefined;
  /** For your own use in events and the outbox; not sent. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Options that only one provider has, by its scheme; refused as `unsupported` if the mailer uses another. */
  readonly provider?: ProviderOptions | undefined;
}

interface UntypedMail extends MailFields {
  readonly template?: string | undefined;
  readonly context?: object | undefined;
}

interface UntemplatedMail extends MailFields {
  readonly template?: undefined;
  readonly context?: undefined;
}

interface MailWithContext<N extends string> extends MailFields {
  readonly template: N;
  readonly context: ContextOf<N>;
}

interface MailWithOptionalContext<N extends string> extends MailFields {
  readonly template: N;
  readonly context?: ContextOf<N> | undefined;
}

/** A mail of one template. A union of names gives the union of their mails. */
export type MailOf<N extends string> = N extends string
  ? Partial<ContextOf<N>> extends ContextOf<N>
    ? MailWithOptionalContext<N>
    : MailWithContext<N>
  : never;

/**
 * A mail as a caller writes it. It is never mutated. Once `MailTemplates` is augmented, `context` has to fit the
 * `template`.
 */
export type Mail = [keyof MailTemplates] extends [never]
  ? UntypedMail
  : MailOf<TemplateName> | UntemplatedMail;

/** An object that makes its own mail. */
export interface Mailable {
  toMail(): Mail | Promise<Mail>;
}
