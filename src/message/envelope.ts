/**
 * MAIL FROM and RCPT TO (RFC 5321): decided once, when the mail is composed, and never derived from headers again.
 * Domains are in their ASCII form. `to` is never empty and holds each address once.
 */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly dsn?: DeliveryStatusRequest;
}

/** Delivery status notification request (RFC 3461). */
export interface DeliveryStatusRequest {
  readonly id?: string | undefined;
  readonly return?: 'headers' | 'full' | undefined;
  /** `'never'` must be the only value. */
  readonly notify: 'never' | ReadonlyArray<'success' | 'failure' | 'delay'>;
  /** Original recipient, as reports name it. */
  readonly recipient?: string | undefined;
}
