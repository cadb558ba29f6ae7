import type { Transporter } from 'nodemailer';
import { type SecretOptions, Secrets } from '../transport/smtp/secrets.js';
import { fieldOf } from '../errors/mail-error.js';
import { textIn } from './fields.js';

/** The next hop of a transporter of MailerModule, as far as its options show. */
export class NextHop {
  /** For messages: `host:port`, or nodemailer's name of the transport. */
  readonly peer: string;
  /** Whether reading the body proves progress: an SMTP server reads it after it accepted the envelope. */
  readonly isSmtp: boolean;
  /** Whether an aborted signal withdraws a mail; nodemailer 10 and later. */
  readonly isAbortable: boolean;
  readonly canVerify: boolean;
  /** How often its pool retries a mail by itself; undefined without a limit. */
  readonly requeues: number | undefined;
  readonly #secrets: Secrets;

  constructor(transporter: Transporter) {
    const transport = fieldOf(transporter, 'transporter');
    const options = fieldOf(transport, 'options');
    const name = textIn(transport, 'name') ?? 'The transporter';
    this.isSmtp = /^SMTP\b/.test(name);
    this.peer = this.isSmtp ? address(options) : name;
    this.isAbortable = fieldOf(transport, 'supportsAbortSignal') === true;
    this.canVerify = typeof fieldOf(transport ?? transporter, 'verify') === 'function';
    this.requeues = name.includes('pool') ? numberIn(options, 'maxRequeues') : 0;
    this.#secrets = new Secrets(secretsIn(options));
  }

  /** Hides the credentials of the connection, which a server may quote. */
  conceal(text: string): string {
    return this.#secrets.conceal(text);
  }
}

function address(options: unknown): string {
  const host = textIn(options, 'host') ?? 'localhost';
  const port = fieldOf(options, 'port');
  return typeof port === 'number' || typeof port === 'string' ? `${host}:${port}` : host;
}

/** A negative number means no limit; in older versions a missing one does too. */
function numberIn(options: unknown, name: string): number | undefined {
  const value = fieldOf(options, name);
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

function secretsIn(options: unknown): SecretOptions {
  const auth = fieldOf(options, 'auth');
  return {
    username: textIn(auth, 'user'),
    password: textIn(auth, 'pass'),
    others: [textIn(auth, 'clientSecret'), textIn(auth, 'refreshToken'), textIn(auth, 'accessToken')],
    proxy: textIn(options, 'proxy'),
  };
}
