/** Options of Brevo on a mail, as its API names them: `provider: { brevo: { scheduledAt: '2026-12-24T09:00:00Z' } }`. */
export interface BrevoOptions {
  /** ISO 8601, in UTC. */
  readonly scheduledAt?: string;
  /** Groups scheduled mails. */
  readonly batchId?: string;
}

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly brevo?: BrevoOptions;
  }
}
