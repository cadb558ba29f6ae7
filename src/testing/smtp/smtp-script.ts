/** No answer. */
export const SILENCE = Symbol('silence');
/** Closes the connection instead of answering. */
export const DROP = Symbol('drop');
/** Resets the connection instead of answering. */
export const RESET = Symbol('reset');

/** Answers and resets the connection at once. */
export interface LastWords {
  readonly last: string;
}

/** Repeats this line for ever and sends nothing else. */
export interface Trickle {
  readonly trickle: string;
}

/** A reply (`'550 5.1.1 nobody here'`; several lines are joined by CR LF; bytes if they are no UTF-8), or a fault. */
export type SmtpAnswer = string | Buffer | LastWords | Trickle | typeof SILENCE | typeof DROP | typeof RESET;

/**
 * Answers a line, or returns undefined for the usual answer.
 * @param line a command, `BANNER` right after connecting, `BODY` at the first bytes of a body, `END` after its
 * final dot
 * @param connection number of the connection, from 1
 */
export type SmtpScript = (line: string, connection: number) => SmtpAnswer | undefined;

/** Gives this answer to every matching line: `always(/^RCPT/, '550 5.1.1 nobody here')`. */
export function always(pattern: RegExp, answer: SmtpAnswer): SmtpScript {
  return atFirst(Infinity, pattern, answer);
}

/** Gives this answer to the first matching lines, then the usual one: `atFirst(2, /^MAIL/, '451 4.3.0 later')`. */
export function atFirst(times: number, pattern: RegExp, answer: SmtpAnswer | undefined): SmtpScript {
  let left = times;
  return (line) => {
    if (left <= 0 || line.search(pattern) < 0) return undefined;
    left -= 1;
    return answer;
  };
}

/** The reply after which STARTTLS begins. */
export const READY = '220 go ahead';

const USUAL: ReadonlyArray<readonly [RegExp, string]> = [
  [/^BANNER/, '220 test ESMTP'],
  [/^EHLO/, '250 test'],
  [/^DATA/, '354 go on'],
  [/^STARTTLS/, '502 5.5.1 not known here'],
  [/^QUIT/, '221 bye'],
  [/./, '250 2.0.0 fine'],
];

/** The answer of a server that accepts everything and knows no extension but, if offered, STARTTLS. */
export function usualAnswer(line: string, offersTls: boolean): SmtpAnswer {
  if (line === 'BODY') return SILENCE;
  if (offersTls && line.startsWith('EHLO')) return '250-test\r\n250 STARTTLS';
  if (offersTls && line === 'STARTTLS') return READY;
  return USUAL.find(([pattern]) => pattern.test(line))?.[1] ?? '500 5.5.2 what?';
}
