/** Options of SendGrid on a mail, as its API names them: `provider: { sendgrid: { asm: { group_id: 7 } } }`. */
export interface SendgridOptions {
  /** The group that a reader unsubscribes from, and the groups on offer. */
  readonly asm?: { readonly group_id: number; readonly groups_to_display?: readonly number[] };
  readonly batch_id?: string;
  readonly ip_pool_name?: string;
  readonly mail_settings?: Readonly<Record<string, { readonly enable?: boolean }>>;
  /** Seconds since 1970, at most 72 hours ahead. */
  readonly send_at?: number;
  readonly tracking_settings?: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
}

declare module '../../message/provider-options.js' {
  interface ProviderOptions {
    readonly sendgrid?: SendgridOptions;
  }
}
