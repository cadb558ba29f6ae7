import { show } from '../../errors/show.js';
import { asciiAddress, parseAddress } from '../address/address.js';
import { isObject, readFields } from '../values/fields.js';
import { parseLine } from '../values/line.js';
import type { DeliveryStatusRequest } from '../envelope.js';
import { invalid } from '../values/refusal.js';

/** RFC 3461 §4.4. */
const MAX_ID = 100;
const FIELDS = {
  known: ['id', 'return', 'notify', 'recipient'],
  renamed: new Map([
    ['envid', 'id'],
    ['orcpt', 'recipient'],
    ['ret', 'return'],
  ]),
} as const;
const EVENTS = ['success', 'failure', 'delay'] as const;
/** Most items: the three events, some of them twice. */
const MAX_EVENTS = 10;
type StatusEvent = (typeof EVENTS)[number];

/**
 * Reads a request for delivery status notifications (RFC 3461).
 * @throws {MailError} `message-invalid`
 */
export function parseDeliveryStatus(value: unknown, field: string): DeliveryStatusRequest {
  if (!isObject(value)) throw invalid({ field, expected: '{ notify }', found: show(value) });
  const fields = readFields(value, field, FIELDS);
  return {
    notify: parseNotify(fields.get('notify'), `${field}.notify`),
    ...(fields.has('return') && { return: parseReturn(fields.get('return'), `${field}.return`) }),
    ...(fields.has('id') && { id: parseId(fields.get('id'), `${field}.id`) }),
    ...(fields.has('recipient') && {
      recipient: asciiAddress(parseAddress(fields.get('recipient'), `${field}.recipient`)),
    }),
  };
}

function parseNotify(value: unknown, field: string): DeliveryStatusRequest['notify'] {
  if (value === 'never') return value;
  if (Array.isArray(value) && value.length > 0 && value.length <= MAX_EVENTS && value.every(isStatusEvent)) {
    return [...new Set(value)];
  }
  const expected = `'never' or an array of ${EVENTS.join(', ')}`;
  throw invalid({ field, expected, found: show(value) });
}

function isStatusEvent(value: unknown): value is StatusEvent {
  return EVENTS.some((event) => event === value);
}

function parseReturn(value: unknown, field: string): 'headers' | 'full' {
  if (value === 'headers' || value === 'full') return value;
  throw invalid({ field, expected: "'headers' or 'full'", found: show(value) });
}

/** Printable ASCII; the wire form escapes it as xtext (RFC 3461 §4). */
function parseId(value: unknown, field: string): string {
  const id = parseLine(value, field, MAX_ID);
  if (/^[!-~]+$/.test(id)) return id;
  throw invalid({ field, expected: 'printable ASCII without spaces', found: show(id) });
}
