import { type ConfigReport } from '../errors/config-report.js';
import { redactUrl } from '../errors/show.js';
import type { MailExtension } from '../options/extension.js';
import { ApplicationMailer, type MailerServiceOptions } from './application-mailer.js';
import { MailerTransport } from './mailer.transport.js';

/**
 * Sends through the application's own `MailerService` of `@nestjs-modules/mailer`:
 * `MailModule.forRoot({ use: [mailerService()], transport: 'mailer:' })`, and `'mailer:marketing'` for its
 * transporter of that name. The mail arrives there finished, and goes over that service's connections: it is
 * signed by that service's DKIM key and passed through its stream plugins, but not through its template adapter
 * or its preview. Its transporters stay open when this module closes.
 *
 * The boot fails with `config` when the application has no `MailerService`, several, or no such transporter.
 */
export function mailerService({ token }: MailerServiceOptions = {}): MailExtension {
  return {
    name: 'mailer',
    schemes: ['mailer'],
    createTransport(url, { container, clock }, report, where) {
      const transporterName = transporterNameIn(url, report, where);
      if (transporterName === undefined) return undefined;
      const mailer = new ApplicationMailer(container, token);
      return new MailerTransport(mailer, { transporterName, where, clock });
    },
  };
}

/** The transporter named by `mailer:` (the default, an empty name) or `mailer:marketing`; faults go into `report`. */
function transporterNameIn(url: URL, report: ConfigReport, where: string): string | undefined {
  const isBare = !url.href.startsWith('mailer://') && url.search === '' && url.hash === '';
  const name = isBare ? decoded(url.pathname) : undefined;
  if (name !== undefined) return name;
  report.add({
    where,
    expected: '`mailer:`, or `mailer:` and the name of a transporter such as `mailer:marketing`',
    found: redactUrl(url.href),
    fix: 'The server, its login and its options stay where they are, in MailerModule',
  });
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
