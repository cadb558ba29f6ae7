import type { MailExtension } from '../options/extension.js';
import { ApplicationMailer } from './application-mailer.js';
import { MailerTransport } from './mailer.transport.js';
import { transporterNameIn } from './mailer-url.js';

export interface MailerServiceOptions {
  /**
   * Under which token the application provides the `MailerService` that is meant, where there are several: a
   * class, a text or a symbol. Of several under one token, the one that a class would be injected is taken.
   * @default the one `MailerService` of the application
   */
  readonly token?: string | symbol | (abstract new (...args: never[]) => unknown) | undefined;
}

/**
 * Sends through the application's own `MailerService` of `@nestjs-modules/mailer`:
 * `MailModule.forRoot({ use: [mailerService()], transport: 'mailer:' })`, and `'mailer:marketing'` for its
 * transporter of that name. A mail goes over the connections that service has already, finished: it is
 * signed by that service's DKIM key and seen by its stream plugins, but by neither its template adapter
 * nor its preview. Its transporters stay open when this module closes.
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
