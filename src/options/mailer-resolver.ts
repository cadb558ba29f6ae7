import type { MailerOptions } from './options.js';

/**
 * Finds mailers that are known only while the application runs, such as those of its customers. Give the class as
 * `resolver`; the application's container makes it.
 *
 * @example
 * class TenantMailers implements MailerResolver {
 *   async resolve(name: string): Promise<MailerOptions | undefined> {
 *     return (await this.tenants.find(name))?.mail;
 *   }
 * }
 */
export interface MailerResolver {
  /**
   * Returns the options of a mailer that is not under `mailers`; it inherits what they leave out, as those do, but its `verify`
   * has no effect. Undefined if there is no such mailer. Called before each mail, once for mails of one name that come at the
   * same time, so keep here what is slow to find. While the options stay equal, their transport is used again; it is closed
   * once they change, after its mails, or when it has been idle. A transport that is given as an instance stays yours
   * to close, and a class is refused.
   */
  resolve(name: string): Promise<MailerOptions | undefined>;
}
