/** Options of Mailjet on a mail, as its API names them: `provider: { mailjet: { TrackOpens: 'disabled' } }`. */
export interface MailjetOptions {
  /** Names the mail in Mailjet's pages and webhooks. */
  readonly CustomID?: string;
  /** Sends only the first mail of a campaign to each recipient; the tag of the mail names the campaign. */
  readonly DeduplicateCampaign?: boolean;
  readonly Priority?: 0 | 1 | 2 | 3;
  readonly TrackOpens?: 'account_default' | 'disabled' | 'enabled';
  readonly TrackClicks?: 'account_default' | 'disabled' | 'enabled';
  /** Added to each link of the mail, without the question mark. */
  readonly URLTags?: string;
}

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly mailjet?: MailjetOptions;
  }
}
