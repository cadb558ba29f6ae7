import { Inject } from '@nestjs/common';
import { MailService } from './mail.service.js';
import { DEFAULT_MAILER } from './mail.tokens.js';

/**
 * Names that `@InjectMailer` and `getMailerToken` were given. The factory of `forRootAsync` runs later than Nest
 * wants to know every token. Like decorator metadata, the set says what classes inject, and nothing about any
 * one application.
 */
const requested = new Set<string>();

export function requestedMailers(): readonly string[] {
  return [...requested];
}

/** Token of a named mailer's `MailService`, for `@Inject(getMailerToken('marketing'))`. */
export function getMailerToken(name: string): symbol | typeof MailService {
  requested.add(name);
  return name === DEFAULT_MAILER ? MailService : Symbol.for(`nest-mailroom:mailer:${name}`);
}

/** Injects the `MailService` of a named mailer: `@InjectMailer('marketing') private readonly marketing: MailService`. */
export function InjectMailer(name: string): ParameterDecorator & PropertyDecorator {
  return Inject(getMailerToken(name));
}
