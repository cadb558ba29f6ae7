/**
 * MAIL FROM and RCPT TO (RFC 5321): decided once, at compose, and never derived again from headers.
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
  /** `'never'` stands alone. */
  readonly notify: 'never' | ReadonlyArray<'success' | 'failure' | 'delay'>;
  /** Original recipient reported back. */
  readonly recipient?: string | undefined;
}
