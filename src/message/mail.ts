import type { Readable } from 'node:stream';
import type { DeliveryStatusRequest } from './envelope.js';
import type { ProviderOptions } from './provider-options.js';

/**
 * The application's templates and the context each needs. Empty here; generated types augment it:
 * `declare module 'nest-mailroom' { interface MailTemplates { welcome: { user: { name: string } } } }`
 */
export interface MailTemplates {}

/** Any name until `MailTemplates` is augmented; then only the known ones. */
export type TemplateName = [keyof MailTemplates] extends [never]
  ? string
  : Extract<keyof MailTemplates, string>;

/** What a template's context must be. */
export type ContextOf<N extends string> = N extends keyof MailTemplates ? MailTemplates[N] : object;

/** A mailbox with its parts apart. The name may hold anything printable; it is quoted or encoded as needed. */
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
  /** Content-ID an html part refers to as `cid:…`; makes the attachment inline. Without angle brackets. */
  readonly cid?: string | undefined;
  /** @default 'inline' with a `cid`, else 'attachment' */
  readonly disposition?: 'attachment' | 'inline' | undefined;
  readonly headers?: HeadersInput | undefined;
}

export interface ContentAttachment extends AttachmentFields {
  readonly content: AttachmentContent;
  /** How a string `content` is to be read. @default 'utf8' */
  readonly encoding?: 'utf8' | 'base64' | 'hex' | undefined;
  readonly path?: never;
}

export interface FileAttachment extends AttachmentFields {
  /** A file under one of the `attachments.roots` of the options; links that lead out are refused. */
  readonly path: string;
  readonly content?: never;
}

export type Attachment = ContentAttachment | FileAttachment;

/** Extra headers. Names that have a field of their own (To, Subject, …) are refused. */
export type HeadersInput = Readonly<Record<string, string | readonly string[]>>;

/** Another rendition of the body, e.g. `text/x-amp-html` (RFC 2046 §5.1.4). */
export interface Alternative {
  readonly contentType: string;
  readonly content: string | Uint8Array;
}

/** A calendar event (RFC 5545, RFC 6047): sent as an alternative and as an attachment. */
export interface CalendarEvent {
  /** Refused when the content has another. @default METHOD of the content, else 'PUBLISH' */
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

/** Everything in a mail but its template. */
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
  /** BCP 47, e.g. `fr-CA`. Chooses the template variant and how dates and numbers read. */
  readonly locale?: string | undefined;
  /** IANA name, e.g. `Europe/Paris`. @default 'UTC' */
  readonly timeZone?: string | undefined;
  /** Sent exactly as given; overrides the template's. Up to 998 characters. */
  readonly subject?: string | undefined;
  /** Sent exactly as given, never interpolated. */
  readonly html?: string | undefined;
  /** Sent exactly as given, never interpolated. */
  readonly text?: string | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
  readonly headers?: HeadersInput | undefined;
  /** `<left@right>`. Default: a random one under the sender's domain. */
  readonly messageId?: string | undefined;
  /** The Message-ID that is answered, as it came: folds, missing brackets and odd characters are taken. */
  readonly inReplyTo?: string | undefined;
  /** Message-IDs of the thread, oldest first, as they came; of more than 100 the first and the latest are kept. */
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
  /** Yours, for events and the outbox; not sent. */
  readonly tags?: readonly string[] | undefined;
  /** Yours, for events and the outbox; not sent. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** What one provider alone can do, by its scheme; refused as `unsupported` where the mailer goes by another. */
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

/** A mail of one template; a union of names gives the union of their mails. */
export type MailOf<N extends string> = N extends string
  ? Partial<ContextOf<N>> extends ContextOf<N>
    ? MailWithOptionalContext<N>
    : MailWithContext<N>
  : never;

/**
 * What a caller writes. Nothing passed in is ever mutated. Once `MailTemplates` is augmented, `context` has to
 * fit the `template`.
 */
export type Mail = [keyof MailTemplates] extends [never]
  ? UntypedMail
  : MailOf<TemplateName> | UntemplatedMail;

/** Anything that knows its own mail. */
export interface Mailable {
  toMail(): Mail | Promise<Mail>;
}
