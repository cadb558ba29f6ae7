import { inspect } from 'node:util';
import { onOneLine } from '../errors/show.js';

/** The fields of a log entry. Undefined fields are left out. */
export interface LogFields {
  /** The name of an event, such as `mail.dead`. */
  readonly event: string;
  readonly mailer?: string | undefined;
  readonly mailers?: readonly string[] | undefined;
  readonly template?: string | undefined;
  /** Id of the queued mail. */
  readonly id?: string | undefined;
  readonly messageId?: string | undefined;
  /** Attempts begun. */
  readonly attempt?: number | undefined;
  /** Code of the `MailError`. */
  readonly code?: string | undefined;
  /** The server's reply as it was read on the wire. */
  readonly smtp?: string | undefined;
  /** Time of the next attempt, ISO 8601. */
  readonly nextTry?: string | undefined;
  /** Domains of the recipients. */
  readonly domains?: readonly string[] | undefined;
  /** The recipients, at the levels debug and verbose only. */
  readonly to?: readonly string[] | undefined;
  /** Number of mails. */
  readonly count?: number | undefined;
}

/**
 * One line of the log for any logger of Nest. Loggers that write JSON get fields of their own, and the line
 * as `msg` (pino) or `message` (winston). Others print the line.
 */
export class LogEntry {
  readonly msg: string;

  constructor(line: string, fields: LogFields) {
    const told = Object.entries(fields).filter(
      ([, value]: readonly [string, unknown]) => value !== undefined,
    );
    Object.assign(this, Object.fromEntries(told.map(([name, value]) => [name, harmless(value)])));
    this.msg = onOneLine(line);
  }

  /** On the prototype, so that loggers that copy own fields do not have the line twice. */
  get message(): string {
    return this.msg;
  }

  toString(): string {
    return this.msg;
  }

  [inspect.custom](): string {
    return this.msg;
  }
}

/** Escapes fields too, since pretty printers write them as they are. */
function harmless(value: unknown): unknown {
  if (typeof value === 'string') return onOneLine(value);
  return Array.isArray(value) ? value.map(harmless) : value;
}
