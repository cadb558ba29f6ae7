import { fieldOf, type SmtpReply } from '../../errors/mail-error.js';
import { oneLine, readable, shown } from '../remote-text.js';

/** The fields of nodemailer's error, read once. */
export interface SmtpFault {
  /** nodemailer's code, e.g. `ESOCKET`. */
  readonly code: string | undefined;
  /** The code below it, e.g. `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  readonly originalCode: string | undefined;
  readonly command: string | undefined;
  readonly text: string;
  readonly reply: SmtpReply | undefined;
  /** True if the server sent no reply, or one to no command. */
  readonly isStrange: boolean;
  readonly recipient: string | undefined;
  /** One for each refused recipient, if all were refused. */
  readonly rejected: readonly SmtpFault[];
}

/** A pool without a second attempt reports that instead of the fault. */
const POOL_GAVE_UP = /^Reached maximum number of retries after connection was closed$/;

/** The code of a session that cannot go on: the server sent no reply, or one to no command. */
export const OUT_OF_STEP = 'ESESSION';

export function readFault(error: unknown): SmtpFault {
  const command = textOf(error, 'command');
  const rejected = fieldOf(error, 'rejectedErrors');
  const code = textOf(error, 'code');
  const response = textOf(error, 'response', readable);
  const reply = readReply(response, command);
  return {
    code,
    originalCode: textOf(error, 'originalCode'),
    command,
    text: oneLine(
      (textOf(error, 'message', readable) ?? String(error)).replace(
        POOL_GAVE_UP,
        'Connection closed unexpectedly',
      ),
    ),
    reply,
    isStrange: code === OUT_OF_STEP || (response !== undefined && !reply),
    recipient: textOf(error, 'recipient'),
    rejected: Array.isArray(rejected) ? rejected.map(readFault) : [],
  };
}

/**
 * Reads `550-5.1.1 no such\n550 5.1.1 user` (RFC 5321 §4.2.1, RFC 2034): the code, and the text of all lines.
 * Undefined for other lines, lines with different codes, and codes that SMTP does not use.
 */
export function readReply(response: string | undefined, command: string | undefined): SmtpReply | undefined {
  const lines = (response ?? '')
    .split(/\r?\n/)
    .map((line) => /^([2-5]\d\d)(?:[ -]|$)(?:([245]\.\d{1,3}\.\d{1,3})\b ?)?(.*)$/.exec(line));
  const last = lines.at(-1);
  if (!last || lines.some((line) => line?.[1] !== last[1])) return undefined;
  // Some servers give it only in their first line.
  const enhanced = last[2] ?? lines.find((line) => line?.[2])?.[2];
  return {
    code: Number(last[1]),
    ...(enhanced !== undefined && { enhanced }),
    text: oneLine(lines.map((line) => line?.[3] ?? '').join(' ')),
    ...(command !== undefined && { command }),
  };
}

/** The same for a whole fault. */
export function shownFault(fault: SmtpFault, conceal: (text: string) => string): SmtpFault {
  return {
    ...fault,
    text: shown(fault.text, conceal),
    reply: fault.reply && { ...fault.reply, text: shown(fault.reply.text, conceal) },
    rejected: fault.rejected.map((inner) => shownFault(inner, conceal)),
  };
}

function textOf(error: unknown, name: string, read = (text: string) => text): string | undefined {
  const value = fieldOf(error, name);
  return typeof value === 'string' ? read(value) : undefined;
}
