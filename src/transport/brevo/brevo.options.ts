/** Options of Brevo on a mail, in its own words: `provider: { brevo: { scheduledAt: '2026-12-24T09:00:00Z' } }`. */
export interface BrevoOptions {
  /** ISO 8601, in UTC. */
  readonly scheduledAt?: string;
  /** Of scheduled mails that are to be known together. */
  readonly batchId?: string;
}

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly brevo?: BrevoOptions;
  }
}
