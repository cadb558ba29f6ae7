/**
 * Options of Mailgun on a mail, in its own words: `provider: { mailgun: { 'o:tracking': 'no' } }`. Those of its
 * templates (`t:…`) are not among them, since mails are rendered here.
 */
export type MailgunOptions = Readonly<Record<`o:${string}`, string | readonly string[]>>;

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly mailgun?: MailgunOptions;
  }
}
