import { throwIfAborted } from '../errors/abort.js';
import { show } from '../errors/config-report.js';
import { parseAlternatives } from '../message/parts/alternative.js';
import { domainOf } from '../message/address/address.js';
import { type CalendarParts, parseCalendarEvent } from '../message/parts/calendar.js';
import { parseDate } from '../message/values/date.js';
import { type Fields, isObject, knownFields, refuseOthers } from '../message/values/fields.js';
import { parseMetadata, parseTags } from '../message/headers/labels.js';
import { type MessageLimits, SizeBudget } from '../message/values/limits.js';
import { parseLocale } from '../message/values/locale.js';
import type { Mail } from '../message/mail.js';
import type { Mailbox, Message, MessageAlternative } from '../message/message.js';
import { parseMessageId } from '../message/headers/message-id.js';
import { parseProviderOptions } from '../message/provider-fields.js';
import { invalid } from '../message/values/refusal.js';
import { parseTimeZone } from '../message/values/time-zone.js';
import {
  destroyStreams,
  draftAttachments,
  type GivenAttachment,
  givenAttachments,
  readAttachments,
} from './attachments.js';
import { composeBody } from './body.js';
import { composeHeaders } from './headers.js';
import { MAIL, type MailField } from './mail-fields.js';
import { composeEnvelope, composeRecipients, composeSenders } from './recipients.js';

/** What a mailer adds to its mails, and what it allows them. */
export interface ComposeDefaults extends MessageLimits {
  /** The mailer's name. */
  readonly mailer: string;
  readonly from?: Mailbox;
  readonly replyTo?: readonly Mailbox[];
  /** Absolute folders that attachments may be read from. */
  readonly attachmentRoots: readonly string[];
  /** Turns filenames into ASCII, for readers that know nothing else. */
  readonly asciiFilenames: boolean;
}

/** What composing takes from the world. */
export interface ComposeContext {
  now(): Date;
  /** Left part of a Message-ID: unguessable, letters, digits, hyphens and dots. */
  randomId(): string;
  /** Ends the reading of attachments. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a message of a mail: defaults applied, addresses parsed, everything checked, attachments read,
 * Message-ID and Date fixed. The mail is not changed, and each of its fields is read once; streams in
 * it are read to their end, or destroyed when the mail is refused.
 * @throws {MailError} `message-invalid`, `unsupported`; the signal's reason when it fires
 */
export async function compose(
  mail: Mail,
  defaults: ComposeDefaults,
  context: ComposeContext,
): Promise<Message> {
  const value: unknown = mail;
  if (!isObject(value)) throw invalid({ field: 'mail', expected: 'an object', found: show(value) });
  const fields = knownFields(value, MAIL.known);
  const given = fields.has('attachments') ? givenAttachments(fields.get('attachments')) : [];
  try {
    refuseOthers(value, '', MAIL);
    return await composeFields(fields, given, defaults, context);
  } catch (error) {
    destroyStreams(given);
    throw error;
  }
}

/** All checks come before the first byte is read: a bad mail costs no file access. */
async function composeFields(
  fields: Fields<MailField>,
  given: readonly GivenAttachment[],
  defaults: ComposeDefaults,
  context: ComposeContext,
): Promise<Message> {
  const budget = new SizeBudget(defaults);
  const addressing = composeAddressing(fields, defaults);
  const identity = composeIdentity(fields, addressing.from, context);
  const text = composeText(fields, budget);
  const drafts = draftAttachments(given);
  const { alternatives, calendar } = composeAlternatives(fields, budget);
  const { signal } = context;
  if (signal) throwIfAborted(signal);
  const read = await readAttachments(drafts, { ...defaults, budget, signal });
  const attachments = calendar === undefined ? read : [...read, calendar.attachment];
  // Not spread: V8 takes longer for spreads of this size than all the checks do.
  return Object.assign(identity, addressing, text, {
    mailer: defaults.mailer,
    alternatives,
    attachments,
  });
}

function composeIdentity(
  fields: Fields<MailField>,
  from: Mailbox,
  context: ComposeContext,
): Pick<Message, 'messageId' | 'date'> {
  const messageId = fields.has('messageId')
    ? parseMessageId(fields.get('messageId'), 'messageId')
    : `<${context.randomId()}@${domainOf(from.address)}>`;
  const date = fields.has('date') ? parseDate(fields.get('date'), 'date') : context.now();
  return { messageId, date };
}

function composeAddressing(
  fields: Fields<MailField>,
  defaults: ComposeDefaults,
): Pick<Message, 'envelope' | 'from' | 'sender' | 'to' | 'cc' | 'replyTo'> {
  const recipients = composeRecipients(fields, defaults);
  const senders = composeSenders(fields, defaults);
  const envelope = composeEnvelope(fields, senders, recipients);
  return { envelope, ...senders, to: recipients.to, cc: recipients.cc };
}

function composeText(
  fields: Fields<MailField>,
  budget: SizeBudget,
): Pick<Message, 'body' | 'headers' | 'locale' | 'timeZone' | 'tags' | 'metadata' | 'provider'> {
  return {
    body: composeBody(fields, budget),
    headers: composeHeaders(fields),
    ...(fields.has('locale') && { locale: parseLocale(fields.get('locale'), 'locale') }),
    timeZone: fields.has('timeZone') ? parseTimeZone(fields.get('timeZone'), 'timeZone') : 'UTC',
    tags: fields.has('tags') ? parseTags(fields.get('tags'), 'tags') : [],
    metadata: fields.has('metadata') ? parseMetadata(fields.get('metadata'), 'metadata') : {},
    ...(fields.has('provider') && { provider: parseProviderOptions(fields.get('provider'), 'provider') }),
  };
}

interface Alternatives {
  readonly alternatives: readonly MessageAlternative[];
  readonly calendar: CalendarParts | undefined;
}

function composeAlternatives(fields: Fields<MailField>, budget: SizeBudget): Alternatives {
  const given = fields.has('alternatives')
    ? parseAlternatives(fields.get('alternatives'), 'alternatives')
    : [];
  const event = fields.get('icalEvent');
  const calendar = event === undefined ? undefined : parseCalendarEvent(event, 'icalEvent');
  for (const [index, part] of given.entries()) {
    budget.spend(part.content.byteLength, `alternatives[${index}].content`);
  }
  // Sent twice: to act on, and to save.
  if (calendar !== undefined) budget.spend(2 * calendar.attachment.content.byteLength, 'icalEvent.content');
  return { alternatives: calendar === undefined ? given : [...given, calendar.alternative], calendar };
}
