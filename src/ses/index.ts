import type { SESv2Client } from '@aws-sdk/client-sesv2';
import type { MailExtension } from '../options/extension.js';
import { readSesUrl } from './ses-url.js';
import { SesTransport } from './ses.transport.js';

export type { SesMailOptions } from './ses.options.js';

export interface SesOptions {
  /** Your own client for all `ses:` URLs, made with `maxAttempts: 1`, or a mail may be sent twice. @default one for each URL */
  readonly client?: SESv2Client | undefined;
}

/**
 * Sends through Amazon SES: `MailModule.forRoot({ use: [ses()], transport: 'ses://eu-west-1' })`. Uses the credentials
 * of the SDK's chain (environment, profiles, SSO, ECS, EKS, EC2), or those of the URL: `ses://KEY:SECRET@eu-west-1`.
 * Requires `@aws-sdk/client-sesv2`.
 */
export function ses({ client }: SesOptions = {}): MailExtension {
  return {
    name: 'ses',
    schemes: ['ses'],
    createTransport(url, { clock }, report, where) {
      const account = readSesUrl(url, report, where);
      return account && new SesTransport(account, { client, clock });
    },
  };
}
