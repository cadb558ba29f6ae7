/** Options of Resend on a mail, as its API names them: `provider: { resend: { scheduled_at: '2026-12-24T09:00:00Z' } }`. */
export interface ResendOptions {
  /** ISO 8601, at most 30 days ahead. */
  readonly scheduled_at?: string;
  readonly topic_id?: string;
}

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly resend?: ResendOptions;
  }
}
