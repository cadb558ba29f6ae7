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

/** A provider's URL and the `fetch` to reach it with. */
export interface HttpOptions {
  /** `sendgrid://KEY@default`, `mailgun://KEY@default?domain=…` and so on. @default MAIL_URL @example 'sendgrid://KEY@default' */
  readonly url?: string | undefined;
  /** Makes the requests, for instance through a proxy. It must not follow redirects or retry. @default the global `fetch` */
  readonly fetch?: typeof fetch | undefined;
}

/**
 * A URL (`smtp://…`, `sendgrid://…`, `file:./dir`, `memory:`, `log:`), SMTP options, a provider's URL with options, an
 * instance, or a class the container resolves.
 */
export type TransportOption = string | SmtpOptions | HttpOptions | Transport | Type<Transport>;

export interface AttachmentOptions {
  /** Folders that `{ path }` attachments may come from, relative to the working directory. @default none @example ['storage/invoices'] */
  readonly roots?: readonly string[] | undefined;
  /** Attachment names in ASCII only, for old mail programs. @default false */
  readonly asciiFilenames?: boolean | undefined;
}

/** A mailer: a transport and its defaults. A named mailer inherits every field it leaves undefined. */
export interface MailerOptions {
  /** Sender of mails without a `from`. @example 'Shop <hello@example.com>' */
  readonly from?: AddressInput | undefined;
  /** Reply address of mails without a `replyTo`. @default none @example 'support@example.com' */
  readonly replyTo?: AddressesInput | undefined;
  /** The way mails leave; several together by `failover` and its like. @default MAIL_URL or MAIL_HOST @example { host: 'mail.example.com', username: 'shop', password: 'secret' } */
  readonly transport?: TransportOption | undefined;
  /** Keeps a staging system from mailing real people. @default off @example { allow: ['*@example.com'], redirectTo: 'qa@example.com' } */
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
   * Number of mails, or of their recipients, that may be handed over in a span of time: by all processes that have the queue's
   * spool or Redis in common, `send` and queue together; without such a queue by this process. `'account'` uses the rate of the transport's account,
   * if the transport can ask for it (Amazon SES, which counts recipients): it asks before the first mail, and mails wait
   * for the answer. Mailers that inherit the limit together with its transport share it. Queued mails wait; `send`
   * waits within its timeout, and fails at once with `rate-limited` if its turn would come later. @default no limit
   * @example { max: 14, per: 1000, count: 'recipients' }
   */
  readonly rateLimit?: RateLimit | 'account' | undefined;
}

/**
 * Finds mailers that are known only while the application runs, such as those of its customers. Give the class as
 * `resolver`; the application's container makes it.
 *
 * @example
 * class TenantMailers implements MailerResolver {
 *   async resolve(name: string): Promise<MailerOptions | undefined> {
 *     return (await this.tenants.find(name))?.mail;
 *   }
 * }
 */
export interface MailerResolver {
  /**
   * Returns the options of a mailer that is not under `mailers`; it inherits what they leave out, as those do, but its `verify`
   * has no effect. Undefined if there is no such mailer. Called before each mail, once for mails of one name that come at the
   * same time, so keep here what is slow to find. While the options stay equal, their transport is used again; it is closed
   * once they change, after its mails, or when it has been idle. A transport that is given as an instance stays yours
   * to close, and a class is refused.
   */
  resolve(name: string): Promise<MailerOptions | undefined>;
}

export interface TemplateOptions {
  /** Folder of the templates, relative to the working directory. @default outside production `templates` in the source root of nest-cli.json, where it is there; else beside the entry file (of `dist/src/main.js` also in `dist`), then in the working directory */
  readonly dir?: string | undefined;
  /** Several folders; the first one that has a template of that name wins. @example ['src/templates', 'shared/mail'] */
  readonly dirs?: readonly string[] | undefined;
  /** Sources such as a database, as instances or classes that the container resolves; asked in this order, before the folders. */
  readonly sources?: ReadonlyArray<TemplateSource | Type<TemplateSource>> | undefined;
  /** Functions that templates may call, by name. @default none @example { shout: (text: string) => text.toUpperCase() } */
  readonly helpers?: Readonly<Record<string, TemplateHelper>> | undefined;
  /**
   * Classes whose getters templates may read on objects of the context, such as entities of an ORM.
   * Templates always read own properties, never getters of other classes, and never call methods. @default none
   */
  readonly readGetters?: readonly ClassWithGetters[] | undefined;
  /** Brand, colours and font of the built-in layout and components. @example { brand: { name: 'Shop' }, colors: { primary: '#1f5fbf' } } */
  readonly theme?: ThemeOptions | undefined;
  /** Language of mails without a `locale`, and the last one that `{{t}}` looks in. @default 'en' */
  readonly defaultLocale?: string | undefined;
  /** Provides the texts of `{{t}}`, asked before `locales/<locale>.json`. @default none */
  readonly translator?: MailTranslator | undefined;
  /** Moves the rules of `<style>` and local `<link>`s into style attributes. @default true */
  readonly inlineCss?: boolean | undefined;
  /** Reloads templates after an edit. @default true in development */
  readonly watch?: boolean | undefined;
}

/** Where `queue()` stores mails, and how they are delivered from there. */
export interface QueueModuleOptions {
  /**
   * `spool`: a file of this machine; `bullmq`: Redis, with `use: [bullmq()]`; `off`: `queue()` is refused.
   * @default 'spool' where `path` is given, and in development; in memory when NODE_ENV is `test`; else 'off'
   */
  readonly driver?: 'spool' | 'bullmq' | 'off' | undefined;
  /** File of the spool, relative to the working directory. @default `.mail/spool.db`, in development only */
  readonly path?: string | undefined;
  /** Redis for `bullmq`: `redis://` or `rediss://`. @default that of the application's `BullModule.forRoot()` @example 'rediss://:secret@redis.example.com:6379/1' */
  readonly url?: string | undefined;
  /** Whether this process delivers queued mails. With false it only queues, and other processes deliver. @default true */
  readonly deliver?: boolean | undefined;
  /** Mails of one mailer under way at once. @default 10 */
  readonly concurrency?: number | undefined;
  /** Whether a mail that may have been sent is tried again or held for an operator. @default 'retry' */
  readonly onAmbiguous?: OnAmbiguous | undefined;
  /** Milliseconds before the second attempt, the third, and so on, ±20 %; the last delay repeats. @default 1, 5, 15 min, 1, 4, 6 h @example [60_000, 300_000, 3_600_000] */
  readonly retryDelays?: readonly number[] | undefined;
  /** Rate limits by the recipients' domain, of all processes as `rateLimit`; `*` applies to each other domain. @default no limits @example { 'example.com': { max: 10, per: 1000 } } */
  readonly domainLimits?: DomainLimitOptions | undefined;
  /** Number of waiting mails at which `queue()` is refused with `queue-full`. @default 1 000 000 */
  readonly maxBacklog?: number | undefined;
  /** Milliseconds for which sent and cancelled mails are kept, with their idempotency keys. @default 7 days */
  readonly retention?: number | undefined;
  /** Milliseconds for which dead, expired and unreadable mails are kept. @default 30 days */
  readonly failedRetention?: number | undefined;
  /** 32 bytes in base64 or hex that encrypt the mails in the spool (AES-256-GCM). @default none */
  readonly encryptionKey?: string | undefined;
  /** For `queue(mail, { via })`: a table of your database, which mails are sent from after the commit. @default none */
  readonly outbox?: QueueOutboxOptions | undefined;
}

export interface MailModuleOptions extends MailerOptions {
  readonly templates?: TemplateOptions | undefined;
  /**
   * Your own template engine in place of Handlebars, as an instance or a class that the container resolves.
   * Only `watch` of `templates` applies beside it.
   */
  readonly renderer?: Renderer | Type<Renderer> | undefined;
  /**
   * Further mailers by name, for `@InjectMailer(name)` and `mail.mailer(name)`. @default none
   * @example { news: { from: 'news@example.com', transport: 'smtp://bulk.example.com' } }
   */
  readonly mailers?: Readonly<Record<string, MailerOptions>> | undefined;
  /** Class that the container resolves; it finds mailers that are not under `mailers`, for `mail.mailer(name)`. @default none */
  readonly resolver?: Type<MailerResolver> | undefined;
  /** Transports and queue drivers with peers of their own. */
  readonly use?: readonly MailExtension[] | undefined;
  /** Where queued mails wait, and who delivers them. @default the options' own defaults @example { path: '/data/spool.db', deliver: false } */
  readonly queue?: QueueModuleOptions | undefined;
  /** Classes that the container resolves; each one sees every rendered message once, in this order. */
  readonly interceptors?: ReadonlyArray<Type<MailInterceptor>> | undefined;
  /** Capture everything in memory, whatever the transport. @default false */
  readonly suppressSend?: boolean | undefined;
  /** Milliseconds a shutdown waits for mails under way before it aborts them. @default 10 000 */
  readonly shutdownTimeout?: number | undefined;
  /** Names of your own variables that begin with `MAIL_`: the module does not warn about them. @default none @example ['MAIL_PREVIEW'] */
  readonly ignoreVariables?: readonly string[] | undefined;
  /** Whether the module is global; for `forRootAsync`, give it beside the factory. @default true */
  readonly isGlobal?: boolean | undefined;
}

/** The environment that defaults depend on. */
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
  /** Variables with the prefix of the module's, and a name it does not know. */
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
