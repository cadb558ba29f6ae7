import { MAILER_RATE } from './limits.js';
import { GUARD } from '../deliver/approve/guard.options.js';
import { MAILBOX, MAILBOXES } from '../message/address/mailbox.kind.js';
import { Group, section } from '../reader/group.js';
import { FLAG, FOLDERS, oneOf, TIMER, whole } from '../reader/kinds.js';
import { apart, env, optional, or } from '../reader/option.js';
import { SMTP } from '../transport/smtp/resolve-smtp-options.js';

export const ATTACHMENTS = new Group({
  roots: or(FOLDERS, [], 'folders that `{ path }` attachments may come from', 'none: `{ path }` is refused'),
  asciiFilenames: env('MAIL_ASCII_ATTACHMENTS', or(FLAG, false, 'attachment names in ASCII only')),
});

const VERIFY = oneOf(['boot', 'warn', 'off']);
const TRANSPORT =
  'a URL, `SmtpOptions`, an instance, or a class that Nest resolves: [transports](docs/transports.md)';

const RATE =
  "`{ max: 14, per: 1000 }`: mails in a number of ms; or [`'account'`](docs/providers.md#amazon-ses)";

/** The rows of a mailer's options, which the module has for its default mailer. */
export const MAILER_ROWS = {
  from: env('MAIL_FROM', optional(MAILBOX, 'sender of mails without a `from`')),
  replyTo: env('MAIL_REPLY_TO', or(MAILBOXES, [], 'reply address of mails without a `replyTo`')),
  transport: apart(TRANSPORT, 'see `NODE_ENV` above', SMTP),
  guard: optional(GUARD, ''),
  attachments: section(ATTACHMENTS, ''),
  verify: env(
    'MAIL_VERIFY',
    optional(VERIFY, 'prove the server: `boot`, `warn` or `off`', '`warn`; `off` when captured'),
  ),
  maxRecipients: or(whole(), 50, 'To, Cc and Bcc together'),
  maxMessageSize: or(whole(), 25 * 2 ** 20, 'bytes of bodies and attachments', '25 MiB'),
  timeout: env(
    'MAIL_TIMEOUT',
    or(TIMER, 30_000, 'milliseconds of one call; a variable may say `30s` or `2m`'),
  ),
  rateLimit: optional(MAILER_RATE, RATE),
};

/** The options of other mail modules, with their names here. */
export const MOVED: Readonly<Record<string, string>> = {
  auth: 'Use transport: { username, password }',
  isGlobal: 'Give it to forRootAsync itself, beside the factory',
  defaults: 'Put from and replyTo at the top level',
  options: 'Partials are found in partials/ of the templates folder',
  preview: 'Development mail is captured, and the log says where',
  sendTimeout: 'Use timeout',
  template: 'Use templates: { dir, helpers }',
  transports: 'Use mailers: { name: { transport } }',
  verifyTransporters: "Use verify: 'boot'",
};
