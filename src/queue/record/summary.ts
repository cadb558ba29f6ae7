import type { RenderedMessage } from '../../message/message.js';
import { isObject } from '../../message/values/fields.js';
import { parsedJson } from './parsed-json.js';
import type { RecordCipher } from './record-cipher.js';

/** The description of a mail that stays when its body is removed. */
export interface MailSummary {
  readonly messageId: string;
  /** Envelope recipients. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly template?: string | undefined;
}

export function summaryOf({ messageId, envelope, subject, template }: RenderedMessage): MailSummary {
  return { messageId, to: envelope.to, subject, template };
}

/** Stands for a summary that cannot be read: the rest of a listing goes on. */
export const UNREADABLE: MailSummary = { messageId: '', to: [], subject: '' };

export function encryptSummary(summary: MailSummary, cipher: RecordCipher): Uint8Array {
  return cipher.encrypt(Buffer.from(JSON.stringify(summary)));
}

export function decryptSummary(stored: Uint8Array, cipher: RecordCipher): MailSummary {
  const summary = parsedJson(cipher.decryptText(stored));
  return isSummary(summary) ? summary : UNREADABLE;
}

function isSummary(value: unknown): value is MailSummary {
  return (
    isObject(value) &&
    typeof value['messageId'] === 'string' &&
    typeof value['subject'] === 'string' &&
    Array.isArray(value['to'])
  );
}
