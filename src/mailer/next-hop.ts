import type { Transporter } from 'nodemailer';
import { type SecretOptions, Secrets } from '../transport/smtp/secrets.js';
import { fieldOf, textIn } from './fields.js';

/** What a transporter of MailerModule hands mails to, as far as it can be read off. */
export class NextHop {
  /** For messages: `host:port`, or what nodemailer calls the transport. */
  readonly peer: string;
  /** Whether how far a mail came can be seen by what was read of it: a server reads a body after it took the envelope. */
  readonly isSmtp: boolean;
  /** Whether a mail is withdrawn when its signal aborts; nodemailer 10 and later. */
  readonly isAbortable: boolean;
  readonly canVerify: boolean;
  /** How often its pool sends a mail again by itself; undefined when it has no limit. */
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

/** Less than none means without a limit, as does nothing in older versions. */
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
