import { isNativeError } from 'node:util/types';
import { isMailErrorCode, MailError, type MailErrorCode } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import { classifySmtpError } from '../smtp/classify.js';

/** The failure of a capture: an error, a `MailError` code, or a server's reply to the mail: `550`, `'451 4.7.1 later'`. */
export type PlannedFailure = Error | MailErrorCode | number | `${number} ${string}`;

const REPLY = /^[45]\d\d /;

export class PlannedFailures {
  readonly #planned: Array<{ readonly error: Error; left: number }> = [];

  /** @throws {MailError} `config` for a wrong failure or number */
  plan(failure: PlannedFailure, times: number): void {
    if (times !== Infinity && (!Number.isInteger(times) || times < 1)) {
      throw new MailError(
        'config',
        `failNext: expected times to be a whole number above 0, got ${show(times)}.`,
      );
    }
    this.#planned.push({ error: errorOf(failure), left: times });
  }

  /** Takes the next failure. */
  take(): Error | undefined {
    const [next] = this.#planned;
    if (!next) return undefined;
    next.left -= 1;
    if (next.left === 0) this.#planned.shift();
    return next.error;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}

function errorOf(failure: PlannedFailure): Error {
  if (isNativeError(failure)) return failure;
  const text = typeof failure === 'number' ? `${failure} as planned by failNext()` : failure;
  if (isMailErrorCode(text)) return new MailError(text, 'Failed as planned by failNext().');
  if (REPLY.test(text)) return errorOfReply(text);
  throw new MailError(
    'config',
    `failNext: expected an error, the code of a MailError, or a reply such as 550 or '451 4.7.1 later', got ${show(failure)}.`,
  );
}

/** Makes the error of an SMTP server that answered so after the mail. */
function errorOfReply(response: string): MailError {
  const reply = Object.assign(new Error(response), { response, command: 'DATA' });
  return classifySmtpError(reply, { progress: 'envelope', peer: 'failNext()', conceal: (text) => text });
}
