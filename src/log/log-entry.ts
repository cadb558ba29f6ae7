import { inspect } from 'node:util';
import { onOneLine } from '../errors/config-report.js';

/** The fields of a log entry. Undefined fields are left out. */
export interface LogFields {
  /** As the events are called, e.g. `mail.dead`. */
  readonly event: string;
  readonly mailer?: string | undefined;
  readonly mailers?: readonly string[] | undefined;
  readonly template?: string | undefined;
  /** In the queue. */
  readonly id?: string | undefined;
  readonly messageId?: string | undefined;
  /** Attempts begun. */
  readonly attempt?: number | undefined;
  /** Of the `MailError`. */
  readonly code?: string | undefined;
  /** The server's reply, as it was read on the wire. */
  readonly smtp?: string | undefined;
  /** When it is tried again, ISO 8601. */
  readonly nextTry?: string | undefined;
  /** Of the recipients. */
  readonly domains?: readonly string[] | undefined;
  /** The recipients themselves: at the levels debug and verbose alone. */
  readonly to?: readonly string[] | undefined;
  /** Of mails. */
  readonly count?: number | undefined;
}

/**
 * One line of the log as the loggers of Nest take it. Loggers that write JSON find fields of its own, and the line
 * itself as `msg` (pino) or `message` (winston). Others print the line.
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

  /** On the prototype, so that loggers that copy fields do not have the line twice. */
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

/** Pretty printers write fields as they are. */
function harmless(value: unknown): unknown {
  if (typeof value === 'string') return onOneLine(value);
  return Array.isArray(value) ? value.map(harmless) : value;
}
