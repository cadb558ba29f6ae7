import type { Transporter } from 'nodemailer';
import type { ApplicationMailer } from './application-mailer.js';
import { fieldOf } from './fields.js';
import { NextHop } from './next-hop.js';

/** What of MailerModule's own options does something else to our mails than its user would think. */
export function warningsOf(transporter: Transporter, mailer: ApplicationMailer): readonly string[] {
  return [requeueWarning(new NextHop(transporter)), pluginWarning(mailer)].filter(
    (warning) => warning !== undefined,
  );
}

function requeueWarning({ requeues, peer }: NextHop): string | undefined {
  if (requeues === 0) return undefined;
  const times = requeues === undefined ? 'without end' : `up to ${requeues} times`;
  return `The pool of MailerModule to ${peer} starts a mail again by itself when its connection breaks off, ${times}, and tells nobody. Set maxRequeues: 0 in its transport: queue() tries again by its own rules.`;
}

function pluginWarning(mailer: ApplicationMailer): string | undefined {
  const plugins = mailer.option('plugins');
  const count = Array.isArray(plugins)
    ? plugins.filter((plugin) => fieldOf(plugin, 'step') === 'compile').length
    : 0;
  if (count === 0) return undefined;
  return `MailerModule has plugins of the step 'compile' (${count}). A mail sent from here is finished when they see it, so nothing that they do to its recipients, headers or body counts. Do that in an interceptor; \`guard\` limits who may get mail.`;
}
