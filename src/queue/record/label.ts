import { parsedJson } from './parsed-json.js';
import type { Label } from '../spool/channel/protocol.js';
import type { RecordCipher } from './record-cipher.js';

export function closedLabel(label: Label, seal: RecordCipher): Uint8Array {
  return seal.close(Buffer.from(JSON.stringify(label)));
}

/** What cannot be read shows as nothing: the rest of a listing goes on. */
const UNREADABLE: Label = { messageId: '', to: [], subject: '' };

export function openedLabel(stored: Uint8Array, seal: RecordCipher): Label {
  const label = parsedJson(seal.text(stored));
  return isLabel(label) ? label : UNREADABLE;
}

function isLabel(value: unknown): value is Label {
  return (
    typeof value === 'object' &&
    value !== null &&
    'messageId' in value &&
    typeof value.messageId === 'string' &&
    'subject' in value &&
    typeof value.subject === 'string' &&
    'to' in value &&
    Array.isArray(value.to)
  );
}
