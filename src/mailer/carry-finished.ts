import type { MailMessage, SendMailOptions, SentMessageInfo, Transporter } from 'nodemailer';
import { abortError } from '../errors/abort.js';
import type { RenderedMessage } from '../message/message.js';
import { type SmtpAttempt, wireEnvelope } from '../transport/smtp-attempt.js';
import { pluginFields } from '../transport/plugin/plugin-fields.js';
import { dsnField } from '../transport/smtp/smtp.transport.js';

/** A placeholder that their template adapter takes for html; removed again before the mail is composed. */
const NO_HTML = '<!-- a finished mail without html -->';

/**
 * Sends finished bytes through a transporter of MailerModule, as `raw`. Its plugins run, except the template adapter
 * and the preview, and its DKIM signs. Transporters that send fields get every field of the mail beside the bytes.
 */
export function carryFinished(
  transporter: Transporter,
  outgoing: SmtpAttempt,
  message: RenderedMessage,
  signal: AbortSignal,
): Promise<SentMessageInfo> {
  const plugins = pluginsOf(transporter);
  // A mock or a wrapper may do anything before it sends, so the mail counts as handed over from here on.
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

/** Their plugins with ours around them: the last one notes how far the mail comes. */
function carrying(
  { compile, stream }: Plugins,
  outgoing: SmtpAttempt,
  { envelope }: SendMailOptions,
  signal: AbortSignal,
): Plugins {
  const exactEnvelope: Plugin = (mail, done) => {
    // One of their plugins may have redirected it, as in staging.
    if (mail.data.envelope === envelope) setEnvelope(mail, outgoing);
    done();
  };
  const handOver: Plugin = ({ message }, done) => {
    // An older nodemailer ignores the signal.
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

/** nodemailer parses the addresses again, and would write some of them differently. */
function setEnvelope({ message }: MailMessage, outgoing: SmtpAttempt): void {
  Object.assign(message.getEnvelope(), wireEnvelope(outgoing));
}

/** MailerService builds the adapter plugin from this option, its one difference from the application's plugins. */
function isPreview(plugin: Plugin): boolean {
  return /\bmailerOptions\.preview\b/.test(Function.prototype.toString.call(plugin));
}

/** A plugin of nodemailer, run before a mail is composed or before it is sent. */
type Plugin = (mail: MailMessage, done: (error?: Error | null) => void) => void;

/** The plugins that nodemailer runs for each mail, by step. */
interface Plugins {
  readonly compile: readonly Plugin[];
  readonly stream: readonly Plugin[];
}

/** The field in which every supported version of nodemailer keeps plugins. */
const PLACE = '_userPlugins';

/** Undefined for a transporter that is not nodemailer's, such as a mock. */
function pluginsOf(transporter: Transporter): Plugins | undefined {
  const kept: unknown = Reflect.get(transporter, PLACE);
  if (typeof kept !== 'object' || kept === null) return undefined;
  return { compile: listIn(kept, 'compile'), stream: listIn(kept, 'stream') };
}

/** A view of the transporter with other plugins; the application's own keeps its plugins. */
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
