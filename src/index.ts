export { InjectMailer, getMailerToken } from './mail.mailers.js';
export { type MailEnv, mailConfig, mailEnvSchema } from './options/config.js';
export { MailErrorFilter } from './module/error-filter.js';
export { MailError } from './errors/mail-error.js';
export type {
  MailErrorCode,
  MailErrorLocation,
  MailErrorOptions,
  MailErrorScope,
  MailOutcome,
  Rejection,
  SmtpReply,
} from './errors/mail-error.js';
export type {
  MailAlarmEvent,
  MailDeferredEvent,
  MailEvent,
  MailEventName,
  MailEvents,
  MailFailedEvent,
  MailInQueueEvent,
  MailPausedEvent,
  MailQueuedEvent,
  MailResumedEvent,
  MailSendingEvent,
  MailSentEvent,
} from './mail.events.js';
export type { RateLimit } from './deliver/limits/rate-limiter.js';
export type { MailExtension, QueueSettings } from './options/extension.js';
export { MailModule, type MailModuleAsyncOptions, type MailOptionsFactory } from './mail.module.js';
export type {
  AttachmentOptions,
  HttpOptions,
  MailerOptions,
  MailerResolver,
  MailModuleOptions,
  QueueModuleOptions,
  TemplateOptions,
  TransportOption,
} from './options/options.js';
export type { MailFeatureOptions } from './module/providers.js';
export {
  type MailerPause,
  MailQueueService,
  type QueueListOptions,
  type QueueOverview,
} from './mail.queue.service.js';
export { MailService, type SendOptions } from './mail.service.js';
export { getTransportToken, MAIL_TRANSPORT } from './mail.tokens.js';
export type { GuardOptions } from './deliver/approve/guard.js';
export type { MailInterceptor } from './deliver/approve/interceptor.js';
export {
  type FailedOutcome,
  type QueuedOutcome,
  type QueueManyOptions,
  type QueueOutcome,
  QueueRun,
  type QueueSummary,
  type SendManyOptions,
  type SendOutcome,
  SendRun,
  type SendSummary,
  type SentOutcome,
} from './deliver/many/run.js';
export type { Envelope } from './message/envelope.js';
export type * from './message/mail.js';
export type { FoundLink } from './message/extract/links.js';
export { formatMailbox, parseMailbox } from './message/address/mailbox.js';
export type {
  Headers,
  Mailbox,
  MessageAlternative,
  MessageAttachment,
  RenderedMessage,
} from './message/message.js';
export type { MailPattern, TextPattern, ValueMatcher } from './message/pattern/mail-pattern.js';
export type { JsonObject, JsonValue, ProviderOptions } from './message/provider-options.js';
export type { Receipt } from './message/receipt.js';
export type {
  AttemptError,
  AttemptRecord,
  Claim,
  ClaimRequest,
  ConsumeOptions,
  Consumer,
  Exchange,
  Exchanged,
  MailerChoice,
  MailPriority,
  MailQueue,
  NewMail,
  OtherMailers,
  PullQueue,
  PushQueue,
  QueuedMail,
  QueueEntry,
  QueueFilter,
  QueueState,
  QueueStats,
  SettledClaim,
  Settlement,
  UnsettledClaim,
} from './queue/mail-queue.js';
export type { QueueOutboxOptions } from './queue/outbox/outbox.options.js';
export { outboxTableSql } from './queue/outbox/outbox-table.js';
export type { SqlDialect } from './queue/outbox/sql-dialect.js';
export type { SqlExecutor, SqlValue } from './queue/outbox/sql-executor.js';
export type { QueueOptions } from './queue/queue-options.js';
export type { ClassWithGetters } from './render/engine/class-getters.js';
export {
  SafeString,
  type TemplateHelper,
  type TemplateHelperData,
  type TemplateHelperOptions,
  textHelper,
  type TextHelper,
} from './render/helpers/helper.js';
export {
  fromI18n,
  type I18nTranslations,
  type MailTranslator,
  type TranslationRequest,
} from './render/i18n/translator.js';
export type { ThemeBrand, ThemeColors, ThemeLogo, ThemeOptions } from './render/components/theme.js';
export type { RenderedBody, Renderer, RenderRequest } from './render/renderer.js';
export type {
  TemplateFindOptions,
  SourcedTemplate,
  TemplateQuery,
  TemplateSource,
} from './render/source/template-source.js';
export type { BrevoOptions } from './transport/brevo/brevo.options.js';
export type { MailersendOptions } from './transport/mailersend/mailersend.options.js';
export type { MailjetOptions } from './transport/mailjet/mailjet.options.js';
export type { MailgunOptions } from './transport/mailgun/mailgun.options.js';
export type { PostmarkOptions } from './transport/postmark/postmark.options.js';
export type { ResendOptions } from './transport/resend/resend.options.js';
export type { ScalewayOptions } from './transport/scaleway/scaleway.options.js';
export type { SendgridOptions } from './transport/sendgrid/sendgrid.options.js';
export { failover } from './transport/composed/failover.js';
export type { MemberOption, MemberTransport } from './transport/composed/member.js';
export { retry, type RetryOptions } from './transport/composed/retry.js';
export { roundRobin, type RoundRobinOptions } from './transport/composed/round-robin.js';
export { type PickMember, route } from './transport/composed/route.js';
export { FileTransport, type FileTransportOptions } from './transport/file/file.transport.js';
export { LogTransport } from './transport/log/log.transport.js';
export { MemoryTransport } from './transport/memory/memory.transport.js';
export {
  MailOutbox,
  type MailOutboxOptions,
  type MessageMatch,
  type QueuedMessage,
} from './transport/memory/outbox.js';
export type { PlannedFailure } from './transport/memory/planned-failure.js';
export {
  type NodemailerPluginOptions,
  NodemailerPluginTransport,
} from './transport/plugin/plugin.transport.js';
export type { TransportLogger, TransportResources } from './transport/resources.js';
export type {
  AccessTokenCallback,
  DkimOptions,
  OAuth2Options,
  OAuth2Token,
  SmtpOptions,
  TlsMode,
  TlsOptions,
} from './transport/smtp/smtp.options.js';
export { SmtpTransport } from './transport/smtp/smtp.transport.js';
export type { AccountRate, AttemptOptions, Transport } from './transport/transport.js';
