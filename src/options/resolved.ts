import type { Type } from '@nestjs/common';
import type { MailerReading } from './mailers.js';
import type { MailerResolver, ResolvedMailer } from './options.js';
import type { NoQueue, ResolvedQueue } from './queue.js';
import type { ResolvedTemplates } from './templates.js';
import type { MailInterceptor } from '../deliver/approve/interceptor.js';
import type { Renderer } from '../render/renderer.js';

export interface ResolvedMailOptions {
  /** The default mailer is the first. */
  readonly mailers: readonly [ResolvedMailer, ...ResolvedMailer[]];
  /** Finds further mailers while the application runs. */
  readonly resolver: (MailerReading & { readonly type: Type<MailerResolver> }) | undefined;
  readonly templates: ResolvedTemplates;
  /** Undefined: Handlebars. */
  readonly renderer: Renderer | Type<Renderer> | undefined;
  readonly queue: ResolvedQueue | NoQueue;
  readonly interceptors: ReadonlyArray<Type<MailInterceptor>>;
  readonly shutdownTimeout: number;
  /** Set when the default mailer keeps its mail here: the log line that says where and why. */
  readonly capture: { readonly message: string; readonly isWarning: boolean } | undefined;
  /** Log lines about problems that stop nothing. */
  readonly warnings: readonly string[];
}
