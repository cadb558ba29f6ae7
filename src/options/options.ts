import type { Type } from '@nestjs/common';
import type { DomainLimitOptions } from '../deliver/limits/domain-limits.js';
import type { GuardOptions, RecipientGuard } from '../deliver/approve/guard.js';
import type { MailInterceptor } from '../deliver/approve/interceptor.js';
import type { RateLimit } from '../deliver/limits/rate-limiter.js';
import type { OnAmbiguous } from '../deliver/worker/decision.js';
import type { MailExtension } from './extension.js';
import type { ConfigReport } from '../errors/config-report.js';
import type { AddressesInput, AddressInput } from '../message/mail.js';
import type { Mailbox } from '../message/message.js';
import type { ClassWithGetters } from '../render/engine/class-getters.js';
import type { TemplateHelper } from '../render/helpers/helper.js';
import type { MailTranslator } from '../render/i18n/translator.js';
import type { ThemeOptions } from '../render/components/theme.js';
import type { QueueOutboxOptions } from '../queue/outbox/outbox.options.js';
import type { Renderer } from '../render/renderer.js';
import type { TemplateSource } from '../render/source/template-source.js';
import type { SmtpOptions } from '../transport/smtp/smtp.options.js';
import type { Transport } from '../transport/transport.js';

/** A provider's URL, and how it is reached. */
export interface HttpOptions {
  /** `sendgrid://KEY@default`, `mailgun://KEY@default?domain=…` and so on. @default MAIL_URL */
  readonly url?: string | undefined;
  /** Makes the requests, such as one that goes by a proxy. It must not follow redirects or try again. @default the global `fetch` */
  readonly fetch?: typeof fetch | undefined;
}

/**
 * A URL (`smtp://…`, `sendgrid://…`, `file:./dir`, `memory:`, `log:`), SMTP options, a provider's URL with options, an
 * instance, or a class the container resolves.
 */
export type TransportOption = string | SmtpOptions | HttpOptions | Transport | Type<Transport>;

export interface AttachmentOptions {
  /** Folders that `{ path }` attachments may come from, relative to the working directory. @default none */
  readonly roots?: readonly string[] | undefined;
  /** Attachment names in ASCII only, for old mail programs. @default false */
  readonly asciiFilenames?: boolean | undefined;
}

/** A mailer: a transport and its defaults. A named one inherits what it leaves undefined. */
export interface MailerOptions {
  /** Sender of mails that name none. */
  readonly from?: AddressInput | undefined;
  readonly replyTo?: AddressesInput | undefined;
  readonly transport?: TransportOption | undefined;
  readonly guard?: GuardOptions | undefined;
  readonly attachments?: AttachmentOptions | undefined;
  /** Prove the transport at startup: fail the boot, warn in the log, or not. @default 'warn'; 'off' when mail is captured */
  readonly verify?: 'boot' | 'warn' | 'off' | undefined;
  /** Recipients of one mail, To, Cc and Bcc together. @default 50 */
  readonly maxRecipients?: number | undefined;
  /** Bytes of one mail's bodies and attachments. @default 25 MiB */
  readonly maxMessageSize?: number | undefined;
  /** Milliseconds one call may take, reading attachments and waiting for a connection included. @default 30 000 */
  readonly timeout?: number | undefined;
  /**
   * How many mails may be handed over in a span of time, by this process. `'account'`: as fast as the transport's account
   * may send, where it can be asked (Amazon SES, which counts recipients): asked before the first mail, and until it
   * answers mails wait. Mailers that inherit it together with its transport share it. What is queued waits; `send`
   * waits within its timeout, and is `rate-limited` at once when its turn would come later. @default no limit
   */
  readonly rateLimit?: RateLimit | 'account' | undefined;
}

export interface TemplateOptions {
  /** Folder of the templates, relative to the working directory. @default outside production `templates` in the source root of nest-cli.json, where it is there; else beside the entry file (of `dist/src/main.js` also in `dist`), then in the working directory */
  readonly dir?: string | undefined;
  /** Several folders; the first that has a name wins. */
  readonly dirs?: readonly string[] | undefined;
  /** A database or the like, as an instance or a class the container resolves; asked before the folders, in this order. */
  readonly sources?: ReadonlyArray<TemplateSource | Type<TemplateSource>> | undefined;
  readonly helpers?: Readonly<Record<string, TemplateHelper>> | undefined;
  /**
   * Classes whose getters templates may read on objects of the context, as entities of an ORM have them.
   * Own properties are always read, getters of other classes never, and methods are not called. @default none
   */
  readonly readGetters?: readonly ClassWithGetters[] | undefined;
  /** How the built-in layout and components look: brand, colours, font. */
  readonly theme?: ThemeOptions | undefined;
  /** The language of mails that name none, and the last one `{{t}}` looks in. @default 'en' */
  readonly defaultLocale?: string | undefined;
  /** Gives `{{t}}` its texts before `locales/<locale>.json` is looked into. @default none */
  readonly translator?: MailTranslator | undefined;
  /** Put the rules of `<style>` and local `<link>`s into style attributes. @default true */
  readonly inlineCss?: boolean | undefined;
  /** Follow edits without a restart. @default true in development */
  readonly watch?: boolean | undefined;
}

/** Where `queue()` keeps mails, and how they are delivered from there. */
export interface QueueModuleOptions {
  /**
   * `spool`: a file of this machine; `bullmq`: Redis, with `use: [bullmq()]`; `off`: `queue()` is refused.
   * @default 'spool' where `path` is given, and in development; in memory when NODE_ENV is `test`; else 'off'
   */
  readonly driver?: 'spool' | 'bullmq' | 'off' | undefined;
  /** File of the spool, relative to the working directory. @default `.mail/spool.db`, in development only */
  readonly path?: string | undefined;
  /** Redis for `bullmq`: `redis://` or `rediss://`. @default that of the application's `BullModule.forRoot()` */
  readonly url?: string | undefined;
  /** Whether this process delivers what is queued. With false it only queues, and others deliver. @default true */
  readonly deliver?: boolean | undefined;
  /** Mails of one mailer under way at once. @default 10 */
  readonly concurrency?: number | undefined;
  /** What becomes of a mail that may have been sent: tried again, or held for you to look at. @default 'retry' */
  readonly onAmbiguous?: OnAmbiguous | undefined;
  /** Milliseconds before the second attempt, the third, and so on, ±20 %; the last stays. @default 1, 5, 15 min, 1, 4, 6 h */
  readonly retryDelays?: readonly number[] | undefined;
  /** How many queued mails may go out by domain of their recipients, by this process; `*` is for each other domain. @default no limits */
  readonly domainLimits?: DomainLimitOptions | undefined;
  /** Mails that may wait before `queue()` is refused with `queue-full`. @default 1 000 000 */
  readonly maxBacklog?: number | undefined;
  /** Milliseconds that what is sent or cancelled is kept, with its idempotency key. @default 7 days */
  readonly retention?: number | undefined;
  /** Milliseconds that a mail is kept that was given up, expired or cannot be read. @default 30 days */
  readonly failedRetention?: number | undefined;
  /** 32 bytes in base64 or hex: the mails in the spool are encrypted (AES-256-GCM). @default none */
  readonly encryptionKey?: string | undefined;
  /** For `queue(mail, { via })`: a table of your database, which mails are sent from after the commit. @default none */
  readonly outbox?: QueueOutboxOptions | undefined;
}

export interface MailModuleOptions extends MailerOptions {
  readonly templates?: TemplateOptions | undefined;
  /**
   * A template engine of your own in place of Handlebars, as an instance or a class the container resolves.
   * Of `templates`, only `watch` means something beside it.
   */
  readonly renderer?: Renderer | Type<Renderer> | undefined;
  /** Further mailers by name, for `@InjectMailer(name)` and `mail.mailer(name)`. */
  readonly mailers?: Readonly<Record<string, MailerOptions>> | undefined;
  /** Transports and queue drivers with peers of their own. */
  readonly use?: readonly MailExtension[] | undefined;
  readonly queue?: QueueModuleOptions | undefined;
  /** Classes the container resolves; each sees every rendered message once, in this order. */
  readonly interceptors?: ReadonlyArray<Type<MailInterceptor>> | undefined;
  /** Capture everything in memory, whatever the transport. @default false */
  readonly suppressSend?: boolean | undefined;
  /** Milliseconds a shutdown waits for mails under way before it aborts them. @default 10 000 */
  readonly shutdownTimeout?: number | undefined;
  /** Names of your own variables that begin with `MAIL_`: the module has no word to say about them. @default none */
  readonly ignoreVariables?: readonly string[] | undefined;
  /** Whether the module's providers are seen everywhere; for `forRootAsync`, give it beside the factory. @default true */
  readonly isGlobal?: boolean | undefined;
}

/** Where the process runs: what defaults depend on. */
export interface Surroundings {
  /** NODE_ENV; undefined when unset. */
  readonly nodeEnv: string | undefined;
  readonly workingDir: string;
  /** Folder of the program's entry file. */
  readonly entryDir: string;
}

/** What the environment says. */
export interface MailEnvironment {
  readonly options: MailModuleOptions;
  /** For the one URL of a provider that has no key of its own. */
  readonly apiKey?: string | undefined;
  /** Names of variables that look like the module's and are none. */
  readonly unknown: readonly string[];
  readonly surroundings: Surroundings;
  /** What is wrong in it; thrown together with what is wrong in the options. */
  readonly report: ConfigReport;
}

export interface ResolvedMailer {
  readonly name: string;
  readonly from: Mailbox | undefined;
  readonly replyTo: readonly Mailbox[];
  /** Undefined: the default mailer's. */
  readonly transport: Transport | Type<Transport> | undefined;
  readonly guard: RecipientGuard | undefined;
  readonly attachmentRoots: readonly string[];
  readonly asciiFilenames: boolean;
  readonly verify: 'boot' | 'warn' | 'off';
  readonly maxRecipients: number;
  readonly maxMessageSize: number;
  readonly timeout: number;
  readonly rateLimit: RateLimit | 'account' | undefined;
}
