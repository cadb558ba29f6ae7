import type { Rejection } from '../../mail.errors.js';
import type { Fault } from './http-fault.js';
import type { ProviderCall } from './provider.js';

/**
 * One bad recipient had the whole request refused: that one is out for good, and the others may be tried again.
 * @param address whom the provider named; undefined when it is nobody of the request
 */
export function namedRecipient(
  address: string | undefined,
  call: ProviderCall | undefined,
  code: Rejection['code'] = 'recipients-rejected',
): Fault | undefined {
  const named = address?.toLowerCase();
  const recipients = call?.recipients ?? [];
  if (!recipients.some((recipient) => recipient.toLowerCase() === named)) return undefined;
  const rejected = recipients.map((recipient) => ({
    address: recipient,
    code,
    retryable: recipient.toLowerCase() !== named,
  }));
  return { code: 'recipients-rejected', retryable: recipients.length > 1, rejected };
}
