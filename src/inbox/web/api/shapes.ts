/** What the inbox's API answers with, as the page reads it. */

export type MessageStatus =
  'captured' | 'sent' | 'queued' | 'deferred' | 'dead' | 'cancelled' | 'failed' | 'received';

export interface MessageSummary {
  readonly id: string;
  readonly subject: string;
  readonly from: string;
  /** All who get it. */
  readonly to: readonly string[];
  readonly template?: string;
  readonly locale?: string;
  readonly mailer?: string;
  readonly status: MessageStatus;
  /** ISO 8601. */
  readonly at: string;
  /** Bytes of the whole mail. */
  readonly size: number;
  /** How many. */
  readonly attachments: number;
  readonly unread: boolean;
  readonly tags: readonly string[];
  readonly run?: string;
  readonly snippet: string;
  readonly queueId?: string;
}

export interface SmtpReply {
  readonly code: number;
  readonly enhanced?: string;
  readonly text: string;
  readonly command?: string;
}

export interface TimelineEntry {
  readonly at: string;
  readonly kind:
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
  readonly text: string;
  /** When it is tried next. */
  readonly dueAt?: string;
  readonly smtp?: SmtpReply;
  readonly recipient?: string;
}

export interface MessageFile {
  readonly index: number;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
  readonly cid?: string;
}

export interface MessageLink {
  readonly url: string;
  readonly text: string;
}

export interface Message extends MessageSummary {
  readonly messageId: string;
  /** Of the To header. */
  readonly toHeader: readonly string[];
  readonly cc: readonly string[];
  /** Who gets it and is in no header. */
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly hasHtml: boolean;
  readonly text?: string;
  readonly files: readonly MessageFile[];
  readonly links: readonly MessageLink[];
  readonly codes: readonly string[];
  /** Secrets redacted. */
  readonly context?: unknown;
  readonly timeline: readonly TimelineEntry[];
  readonly clip: { readonly htmlBytes: number; readonly limit: number; readonly clipped: boolean };
}

export interface MessagePage {
  readonly messages: readonly MessageSummary[];
  readonly next?: string;
  readonly total: number;
  readonly unread: number;
}

export interface Finding {
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly line?: number;
}

export interface ClientGap {
  readonly client: string;
  readonly feature: string;
  readonly support: 'no' | 'partial';
  readonly reason: string;
  readonly where: string;
}

export interface Findings {
  readonly findings: readonly Finding[];
  readonly clients: readonly ClientGap[];
}

export interface QueuedMail {
  readonly id: string;
  readonly state: string;
  readonly to: readonly string[];
  readonly subject?: string;
  readonly template?: string;
  readonly mailer: string;
  /** How many were begun. */
  readonly attempts: number;
  readonly dueAt: string;
  readonly error?: string;
  readonly captured?: boolean;
}

export interface QueuePage {
  readonly stats: { readonly states: Readonly<Record<string, number>>; readonly oldestDueAt?: string };
  readonly mails: readonly QueuedMail[];
  readonly next?: string;
  readonly paused: boolean;
  /** Mailers whose mail server is at fault. */
  readonly pauses?: readonly QueuePause[];
}

export interface QueuePause {
  readonly mailer: string;
  readonly reason: string;
  readonly retryAt: string;
}

export interface FastPath {
  readonly fast: boolean;
  readonly reasons: readonly string[];
}

export interface TemplateSummary {
  readonly name: string;
  readonly locales: readonly string[];
  readonly subject?: string;
  readonly layout?: string;
  readonly hasText: boolean;
  readonly fastPath: FastPath;
  /** Whether it has one to be rendered with. */
  readonly sample: boolean;
}

export interface TemplateVariable {
  readonly path: string;
  readonly where: string;
  /** The mail fails without it. */
  readonly required: boolean;
}

export interface TemplateRendering {
  readonly name: string;
  readonly locale?: string;
  readonly subject?: string;
  readonly html?: string;
  readonly text?: string;
  /** What it is rendered with. */
  readonly sample?: object;
  readonly variables: readonly TemplateVariable[];
  readonly missing: readonly { readonly path: string; readonly line?: number; readonly template?: string }[];
  readonly findings: readonly Finding[];
  readonly error?: {
    readonly message: string;
    readonly file?: string;
    readonly line?: number;
    readonly column?: number;
  };
}

export const FAULTS = ['421', '451', '550', 'timeout'] as const;
export type Fault = (typeof FAULTS)[number];

export interface ChaosRule {
  readonly id: string;
  readonly template?: string;
  readonly to?: string;
  readonly fault: Fault;
  /** How many sends it will still fail. */
  readonly left: number;
}

export interface NewChaosRule {
  readonly template?: string;
  readonly to?: string;
  readonly fault: Fault;
  readonly times: number;
}

export interface LinkCheck {
  readonly url: string;
  readonly ok: boolean;
  readonly status?: number;
  readonly hops?: readonly unknown[];
  readonly error?: string;
}

export interface Receipt {
  readonly accepted: readonly string[];
  readonly response?: string;
}

/** What this inbox can do. */
export interface InboxStatus {
  readonly version: string;
  readonly mailers: readonly string[];
  readonly captured: boolean;
  readonly watching: boolean;
  readonly queue: boolean;
  readonly gallery: boolean;
  readonly release: boolean;
  readonly smtp?: { readonly port: number };
  readonly keep: number;
  readonly environment: string;
  readonly clientViews: {
    readonly date: string;
    readonly clients: ReadonlyArray<{ readonly id: string; readonly name: string }>;
  };
}
