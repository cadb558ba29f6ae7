import { type ArgumentsHost, Catch, type ExceptionFilter, HttpStatus } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { MailError, type MailErrorCode } from 'nest-mailroom';

/** Faults of the mail itself, then of the way out. Every code not named here is a fault of the application: 500. */
const STATUS: Partial<Record<MailErrorCode, HttpStatus>> = {
  'message-invalid': HttpStatus.UNPROCESSABLE_ENTITY,
  'recipients-rejected': HttpStatus.UNPROCESSABLE_ENTITY,
  'message-rejected': HttpStatus.UNPROCESSABLE_ENTITY,
  suppressed: HttpStatus.UNPROCESSABLE_ENTITY,
  authentication: HttpStatus.SERVICE_UNAVAILABLE,
  tls: HttpStatus.SERVICE_UNAVAILABLE,
  'transport-unavailable': HttpStatus.SERVICE_UNAVAILABLE,
  'rate-limited': HttpStatus.SERVICE_UNAVAILABLE,
  'queue-full': HttpStatus.SERVICE_UNAVAILABLE,
  closed: HttpStatus.SERVICE_UNAVAILABLE,
  timeout: HttpStatus.GATEWAY_TIMEOUT,
  ambiguous: HttpStatus.GATEWAY_TIMEOUT,
};

/** Answers with what became of the mail. The error's own text stays in the log: it may name hosts and files of ours. */
@Catch(MailError)
export class MailErrorFilter implements ExceptionFilter<MailError> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: MailError, context: ArgumentsHost): void {
    const statusCode = STATUS[error.code] ?? HttpStatus.INTERNAL_SERVER_ERROR;
    const { code, retryable, outcome } = error;
    const rejected = error.rejected.map(({ address, code, retryable }) => ({ address, code, retryable }));
    const body = { statusCode, message: 'The mail was not accepted.', code, retryable, outcome, rejected };
    this.host.httpAdapter.reply(context.switchToHttp().getResponse(), body, statusCode);
  }
}
