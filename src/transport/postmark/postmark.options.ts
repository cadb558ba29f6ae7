/** Options of Postmark on a mail, as its API names them: `provider: { postmark: { TrackOpens: true } }`. */
export interface PostmarkOptions {
  /** @default that of the URL, else Postmark's `outbound` */
  readonly MessageStream?: string;
  readonly TrackOpens?: boolean;
  readonly TrackLinks?: 'None' | 'HtmlAndText' | 'HtmlOnly' | 'TextOnly';
}

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly postmark?: PostmarkOptions;
  }
}
