/** Says nothing. */
export const SILENCE = Symbol('silence');
/** Closes the connection instead of answering. */
export const DROP = Symbol('drop');
/** Resets the connection instead of answering. */
export const RESET = Symbol('reset');

/** Answers and resets the connection in the same breath. */
export interface LastWords {
  readonly last: string;
}

/** Says this again and again, and nothing else. */
export interface Trickle {
  readonly trickle: string;
}

/** What a server says: a reply (`'550 5.1.1 nobody here'`; lines of several end in CR LF but the last; bytes where they are no UTF-8), or a fault. */
export type SmtpAnswer = string | Buffer | LastWords | Trickle | typeof SILENCE | typeof DROP | typeof RESET;

/**
 * Answers where it has something to say; undefined: as usual.
 * @param line a command, `BANNER` right after connecting, `BODY` when the first bytes of one came, `END` after its
 * final dot
 * @param connection number of the connection, from 1
 */
export type SmtpScript = (line: string, connection: number) => SmtpAnswer | undefined;

/** Answers so whenever a line is like that: `always(/^RCPT/, '550 5.1.1 nobody here')`. */
export function always(pattern: RegExp, answer: SmtpAnswer): SmtpScript {
  return atFirst(Infinity, pattern, answer);
}

/** Answers so as often as told, and then as usual: `atFirst(2, /^MAIL/, '451 4.3.0 later')`. */
export function atFirst(times: number, pattern: RegExp, answer: SmtpAnswer | undefined): SmtpScript {
  let left = times;
  return (line) => {
    if (left <= 0 || line.search(pattern) < 0) return undefined;
    left -= 1;
    return answer;
  };
}

/** What says STARTTLS may begin. */
export const READY = '220 go ahead';

const USUAL: ReadonlyArray<readonly [RegExp, string]> = [
  [/^BANNER/, '220 test ESMTP'],
  [/^EHLO/, '250 test'],
  [/^DATA/, '354 go on'],
  [/^STARTTLS/, '502 5.5.1 not known here'],
  [/^QUIT/, '221 bye'],
  [/./, '250 2.0.0 fine'],
];

/** What a server says that takes everything and knows no extensions, STARTTLS but when it offers it. */
export function usualAnswer(line: string, offersTls: boolean): SmtpAnswer {
  if (line === 'BODY') return SILENCE;
  if (offersTls && line.startsWith('EHLO')) return '250-test\r\n250 STARTTLS';
  if (offersTls && line === 'STARTTLS') return READY;
  return USUAL.find(([pattern]) => pattern.test(line))?.[1] ?? '500 5.5.2 what?';
}
