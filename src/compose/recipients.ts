import type { Mailbox } from '../message/message.js';
import { asciiAddress, parseAddress } from '../message/address/address.js';
import { parseDeliveryStatus } from '../message/headers/delivery-status.js';
import type { Envelope } from '../message/envelope.js';
import { type Fields, isObject, readFields } from '../message/values/fields.js';
import { checkRecipients, type MessageLimits } from '../message/values/limits.js';
import { parseMailbox, parseMailboxes } from '../message/address/mailbox.js';
import { invalid } from '../message/values/refusal.js';
import { show } from '../errors/show.js';
import type { MailField } from './mail-fields.js';

/** The recipients of a mail. `bcc` stands only in the envelope. */
export interface Recipients {
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly bcc: readonly Mailbox[];
}

export interface Senders {
  readonly from: Mailbox;
  readonly sender?: Mailbox;
  readonly replyTo: readonly Mailbox[];
}

const ENVELOPE = { known: ['from'], renamed: new Map([['to', 'to, cc or bcc of the mail']]) } as const;

/** @throws {MailError} `message-invalid` for a bad mailbox, no recipient, or too many */
export function composeRecipients(fields: Fields<MailField>, limits: MessageLimits): Recipients {
  const named = (['to', 'cc', 'bcc'] as const).map((field) => fields.get(field) ?? []);
  // Counts before parsing.
  const count = named.reduce<number>((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0);
  checkRecipients(count, limits, 'to');
  const recipients = { to: boxes(fields, 'to'), cc: boxes(fields, 'cc'), bcc: boxes(fields, 'bcc') };
  if (count > 0) return recipients;
  throw invalid({ field: 'to', expected: 'at least one recipient in to, cc or bcc', found: 'none' });
}

/** @throws {MailError} `message-invalid`, also if neither the mail nor the mailer has a sender */
export function composeSenders(
  fields: Fields<MailField>,
  defaults: { readonly from?: Mailbox; readonly replyTo?: readonly Mailbox[] },
): Senders {
  const from = fields.has('from') ? parseMailbox(fields.get('from'), 'from') : defaults.from;
  if (from === undefined) {
    const fix = 'Set MAIL_FROM, or from in the options of the mailer or in the mail';
    throw invalid({ field: 'from', expected: 'a sender', found: 'none', fix });
  }
  return {
    from,
    ...(fields.has('sender') && { sender: parseMailbox(fields.get('sender'), 'sender') }),
    replyTo: fields.has('replyTo') ? boxes(fields, 'replyTo') : (defaults.replyTo ?? []),
  };
}

/** @throws {MailError} `message-invalid` for a bad bounce address or status request */
export function composeEnvelope(
  fields: Fields<MailField>,
  { from, sender }: Senders,
  { to, cc, bcc }: Recipients,
): Envelope {
  const bounces = fields.has('envelope') ? bounceAddress(fields.get('envelope')) : undefined;
  const recipients = [...to, ...cc, ...bcc].map(({ address }) => asciiAddress(address));
  return {
    from: asciiAddress(bounces ?? (sender ?? from).address),
    to: [...new Set(recipients)],
    ...(fields.has('dsn') && { dsn: parseDeliveryStatus(fields.get('dsn'), 'dsn') }),
  };
}

function bounceAddress(envelope: unknown): string | undefined {
  if (!isObject(envelope)) {
    throw invalid({ field: 'envelope', expected: '{ from }', found: show(envelope) });
  }
  const fields = readFields(envelope, 'envelope', ENVELOPE);
  return fields.has('from') ? parseAddress(fields.get('from'), 'envelope.from') : undefined;
}

function boxes(fields: Fields<MailField>, field: MailField): readonly Mailbox[] {
  return fields.has(field) ? parseMailboxes(fields.get(field), field) : [];
}
