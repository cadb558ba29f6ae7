import type { Rejection } from '../../errors/mail-error.js';
import type { Fault } from './http-fault.js';
import type { ProviderCall } from './provider.js';

/**
 * Returns the faults of recipients for which the whole request was refused: they are refused for good, and the others may be
 * tried again.
 * @param addresses the recipients that the provider named; undefined for one that cannot be read
 * @returns undefined unless all of them are recipients of the request
 */
export function namedRecipients(
  addresses: ReadonlyArray<string | undefined>,
  call: ProviderCall | undefined,
  code: Rejection['code'] = 'recipients-rejected',
): Fault | undefined {
  const recipients = call?.recipients ?? [];
  const known = new Set(recipients.map((recipient) => recipient.toLowerCase()));
  const named = new Set(addresses.map((address = '') => address.toLowerCase()));
  if (named.size === 0 || ![...named].every((address) => known.has(address))) return undefined;
  const rejected = recipients.map((recipient) => ({
    address: recipient,
    code,
    retryable: !named.has(recipient.toLowerCase()),
  }));
  return { code: 'recipients-rejected', retryable: named.size < known.size, rejected };
}
