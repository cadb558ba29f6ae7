import { HttpException } from '@nestjs/common';
import { MailError, type MailErrorCode } from '../../errors/mail-error.js';

/** The error response to a request. */
export interface FaultAnswer {
  readonly status: number;
  readonly body: object;
  /** Whether it is a fault of the inbox, which must be logged. */
  readonly isUnexpected?: boolean;
}

/** Statuses of errors that the request caused; all others happened at the next hop. */
const STATUSES: Readonly<Partial<Record<MailErrorCode, number>>> = {
  'message-invalid': 400,
  'context-invalid': 400,
  'template-invalid': 400,
  'template-not-found': 404,
  config: 404,
  suppressed: 403,
};
const BAD_GATEWAY = 502;
const REFUSALS: ReadonlySet<number> = new Set([401, 403]);

/** Turns an error into `{ statusCode, message }`. A `MailError` never contains secrets. */
export function faultAnswer(error: unknown): FaultAnswer {
  if (MailError.is(error)) return answer(STATUSES[error.code] ?? BAD_GATEWAY, error.message);
  if (!(error instanceof HttpException)) {
    return {
      ...answer(500, 'The mail inbox failed. The log of the application says why.'),
      isUnexpected: true,
    };
  }
  const body = error.getResponse();
  return typeof body === 'string' ? answer(error.getStatus(), body) : { status: error.getStatus(), body };
}

/** Turns the refusal of a global guard into a response that says how to let the inbox in. */
export function guardAnswer(error: unknown): FaultAnswer {
  const { status, body, ...rest } = faultAnswer(error);
  if (!REFUSALS.has(status)) return { status, body, ...rest };
  const said = error instanceof Error ? `: ${error.message}` : '';
  return { status, body: { ...body, message: `${GUARD_REFUSED}${said}. ${GUARD_ADVICE}` } };
}

const GUARD_REFUSED = 'A global guard of the application refused this request to the mail inbox';
const GUARD_ADVICE =
  "To allow it, return true from that guard if isMailInbox(context): import { isMailInbox } from 'nest-mailroom/inbox'.";

function answer(status: number, message: string): FaultAnswer {
  return { status, body: { statusCode: status, message } };
}
