/** Options of Scaleway on a mail, as its API names them: `provider: { scaleway: { send_before: '2026-12-24T09:00:00Z' } }`. */
export interface ScalewayOptions {
  /** ISO 8601: Scaleway gives a mail up then. */
  readonly send_before?: string;
}

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly scaleway?: ScalewayOptions;
  }
}
