/** Options of MailerSend on a mail, as its API names them: `provider: { mailersend: { send_at: 1798102800 } }`. */
export interface MailersendOptions {
  /** Seconds since 1970. */
  readonly send_at?: number;
  /** Marks the mail as one to many. @default that of the domain */
  readonly precedence_bulk?: boolean;
  readonly settings?: {
    readonly track_clicks?: boolean;
    readonly track_opens?: boolean;
    readonly track_content?: boolean;
  };
}

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly mailersend?: MailersendOptions;
  }
}
