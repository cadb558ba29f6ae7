import { type ArgumentsHost, Catch, type ExceptionFilter, HttpStatus, Inject } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError } from 'rxjs';
import { MailError, type MailErrorCode } from '../errors/mail-error.js';

/** Codes that mean a fault of the mail, then of its way out. Any other code is a fault of the application: 500. */
const STATUS: Readonly<Partial<Record<MailErrorCode, HttpStatus>>> = {
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

/**
 * Answers an HTTP request whose handler threw a `MailError`: 422 for a refused mail, 503 while the way out is
 * blocked (with `Retry-After` if the next hop gave a time), 504 after a timeout, and 500 for faults that the
 * caller cannot change. The body names `code`, `retryable`, `outcome` and the refused recipients. The
 * error's text stays in the log: it may name hosts and files.
 *
 * @example `providers: [{ provide: APP_FILTER, useClass: MailErrorFilter }]`, or `@UseFilters(MailErrorFilter)`
 */
@Catch(MailError)
export class MailErrorFilter implements ExceptionFilter<MailError> {
  readonly #host: HttpAdapterHost;

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#host = host;
  }

  /** A microservice's caller gets the error itself; a GraphQL server treats a returned error as a thrown one. */
  catch(error: MailError, context: ArgumentsHost): unknown {
    const kind: string = context.getType();
    if (kind === 'rpc') return throwError(() => error);
    if (kind !== 'http') return error;
    const response: unknown = context.switchToHttp().getResponse();
    return this.#reply(response, error);
  }

  #reply(response: unknown, { code, retryable, retryAfterMs, outcome, rejected }: MailError): unknown {
    const { httpAdapter } = this.#host;
    const statusCode = STATUS[code] ?? HttpStatus.INTERNAL_SERVER_ERROR;
    if (statusCode === HttpStatus.SERVICE_UNAVAILABLE && retryAfterMs !== undefined) {
      httpAdapter.setHeader(response, 'Retry-After', String(Math.ceil(retryAfterMs / 1000)));
    }
    const refused = rejected.map(({ address, code, retryable }) => ({ address, code, retryable }));
    const message = 'The mail was not accepted.';
    return httpAdapter.reply(
      response,
      { statusCode, message, code, retryable, outcome, rejected: refused },
      statusCode,
    );
  }
}
