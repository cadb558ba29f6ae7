import type { DeliveryStatusRequest } from './mail.js';

/**
 * MAIL FROM and RCPT TO (RFC 5321): decided once, at compose, and never derived again from headers.
 * Domains are in their ASCII form. `to` is never empty and holds each address once.
 */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly dsn?: DeliveryStatusRequest;
}
