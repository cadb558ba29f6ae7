/**
 * Options of Mailgun on a mail, as its API names them: `provider: { mailgun: { 'o:tracking': 'no' } }`. Without those
 * of its templates (`t:…`), since mails are rendered here.
 */
export type MailgunOptions = Readonly<Record<`o:${string}`, string | readonly string[]>>;

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly mailgun?: MailgunOptions;
  }
}
