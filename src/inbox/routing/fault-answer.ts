import { HttpException } from '@nestjs/common';
import { MailError, type MailErrorCode } from '../../errors/mail-error.js';

/** Why there is no other answer. */
export interface FaultAnswer {
  readonly status: number;
  readonly body: object;
  /** It is a fault of the inbox: the log has to know. */
  readonly isUnexpected?: boolean;
}

/** The statuses of bad, unknown and forbidden requests; any other fault happened further on. */
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

/** Says what an error is, as `{ statusCode, message }`. A `MailError` never holds a secret. */
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

/** The same where a global guard of the application threw it, or said no. */
export function guardAnswer(error: unknown): FaultAnswer {
  const { status, body, ...rest } = faultAnswer(error);
  if (!REFUSALS.has(status)) return { status, body, ...rest };
  const said = error instanceof Error ? `: ${error.message}` : '';
  return { status, body: { ...body, message: `${GUARDED}${said}. ${WAY_OUT}` } };
}

const GUARDED = 'A global guard of the application keeps this request from the mail inbox';
const WAY_OUT =
  "To let it in, return true in that guard where isMailInbox(context) says so: import { isMailInbox } from 'nest-mailroom/inbox'.";

function answer(status: number, message: string): FaultAnswer {
  return { status, body: { statusCode: status, message } };
}
