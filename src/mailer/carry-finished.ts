import type { MailMessage, SendMailOptions, SentMessageInfo, Transporter } from 'nodemailer';
import { abortError } from '../errors/abort.js';
import type { RenderedMessage } from '../message/message.js';
import { type SmtpAttempt, wireEnvelope } from '../transport/smtp-attempt.js';
import { pluginFields } from '../transport/plugin/plugin-fields.js';
import { dsnField } from '../transport/smtp/smtp.transport.js';

/** What their template adapter takes for a mail that has its html; taken away again before the mail is composed. */
const NO_HTML = '<!-- a finished mail without html -->';

/**
 * Sends finished bytes by a transporter of MailerModule, as `raw`. Its plugins run but for the adapter and the
 * preview, and its DKIM signs. Everything else of the mail is given beside the bytes, for transporters that send fields.
 */
export function carryFinished(
  transporter: Transporter,
  outgoing: SmtpAttempt,
  message: RenderedMessage,
  signal: AbortSignal,
): Promise<SentMessageInfo> {
  const plugins = pluginsOf(transporter);
  // A mock or a wrapper may do anything first: it has the mail from here on.
  if (!plugins) outgoing.dispatch();
  const fields = mailFields(outgoing, message, signal);
  const carrier = plugins
    ? withPlugins(transporter, carrying(plugins, outgoing, fields, signal))
    : transporter;
  return carrier.sendMail(plugins && !fields.html ? { ...fields, html: NO_HTML } : fields);
}

function mailFields(outgoing: SmtpAttempt, message: RenderedMessage, signal: AbortSignal): SendMailOptions {
  const { from, to } = outgoing.envelope;
  return {
    ...pluginFields(message),
    ...dsnField(message.envelope.dsn),
    raw: outgoing.bytes,
    envelope: { from, to: [...to] },
    maxRecipients: 0,
    signal,
  };
}

/** Theirs, with ours around them: the last to see the mail notes how far it comes. */
function carrying(
  { compile, stream }: Plugins,
  outgoing: SmtpAttempt,
  { envelope }: SendMailOptions,
  signal: AbortSignal,
): Plugins {
  const exactEnvelope: Plugin = (mail, done) => {
    // A plugin of theirs may have sent it elsewhere, as in staging.
    if (mail.data.envelope === envelope) setEnvelope(mail, outgoing);
    done();
  };
  const handOver: Plugin = ({ message }, done) => {
    // An older nodemailer does not look at the signal.
    if (signal.aborted) return done(abortError(signal));
    const open = message.createReadStream.bind(message);
    message.createReadStream = (options) => outgoing.follow(open(options));
    outgoing.dispatch();
    done();
  };
  return {
    compile: [...compile, withoutPlaceholder],
    stream: [exactEnvelope, ...stream.filter((plugin) => !isPreview(plugin)), handOver],
  };
}

const withoutPlaceholder: Plugin = ({ data }, done) => {
  if (data.html === NO_HTML) delete data.html;
  done();
};

/** nodemailer reads the addresses once more, and would write some of them otherwise. */
function setEnvelope({ message }: MailMessage, outgoing: SmtpAttempt): void {
  Object.assign(message.getEnvelope(), wireEnvelope(outgoing));
}

/** MailerService makes it of the option it reads, which is the one thing to tell it by from plugins of the application. */
function isPreview(plugin: Plugin): boolean {
  return /\bmailerOptions\.preview\b/.test(Function.prototype.toString.call(plugin));
}

/** Runs before a mail is composed, or before it is sent. */
type Plugin = (mail: MailMessage, done: (error?: Error | null) => void) => void;

/** What nodemailer runs for each mail, by the step it runs in. */
interface Plugins {
  readonly compile: readonly Plugin[];
  readonly stream: readonly Plugin[];
}

/** Where nodemailer keeps what `use` was given, in every version that can be met. */
const PLACE = '_userPlugins';

/** Undefined for a transporter that is not nodemailer's, such as a mock. */
function pluginsOf(transporter: Transporter): Plugins | undefined {
  const kept: unknown = Reflect.get(transporter, PLACE);
  if (typeof kept !== 'object' || kept === null) return undefined;
  return { compile: listIn(kept, 'compile'), stream: listIn(kept, 'stream') };
}

/** The same transporter with other plugins, for the mails sent by the result alone: the application's own stays as it is. */
function withPlugins(transporter: Transporter, plugins: Plugins): Transporter {
  return new Proxy(transporter, {
    get: (target, name): unknown => (name === PLACE ? plugins : Reflect.get(target, name)),
  });
}

function listIn(kept: object, step: string): readonly Plugin[] {
  const list: unknown = Reflect.get(kept, step);
  return Array.isArray(list) ? list.filter(isPlugin) : [];
}

function isPlugin(value: unknown): value is Plugin {
  return typeof value === 'function';
}
