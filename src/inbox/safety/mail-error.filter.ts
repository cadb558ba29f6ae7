import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { MailError, type MailErrorCode } from '../../mail.errors.js';

/** What was asked for makes no sense, is not there, or is not allowed; anything else failed further on. */
const STATUSES: Readonly<Partial<Record<MailErrorCode, number>>> = {
  'message-invalid': 400,
  'context-invalid': 400,
  'template-invalid': 400,
  'template-not-found': 404,
  config: 404,
  suppressed: 403,
};
const BAD_GATEWAY = 502;

/** Answers with what a `MailError` says; it never holds a secret. */
@Catch(MailError)
export class MailErrorFilter implements ExceptionFilter<MailError> {
  readonly #host: HttpAdapterHost;

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#host = host;
  }

  catch({ code, message }: MailError, context: ArgumentsHost): void {
    const statusCode = STATUSES[code] ?? BAD_GATEWAY;
    const response: unknown = context.switchToHttp().getResponse();
    this.#host.httpAdapter.reply(response, { statusCode, message }, statusCode);
  }
}
