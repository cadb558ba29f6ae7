import { throwIfAborted } from '../errors/abort.js';
import { show } from '../errors/show.js';
import { parseAlternatives } from '../message/parts/alternative.js';
import { domainOf } from '../message/address/address.js';
import { type CalendarParts, parseCalendarEvent } from '../message/parts/calendar.js';
import { parseDate } from '../message/values/date.js';
import { type Fields, isObject, knownFields, refuseOthers } from '../message/values/fields.js';
import { parseMetadata, parseTags } from '../message/headers/labels.js';
import { type MessageLimits, SizeBudget } from '../message/values/limits.js';
import { parseLocale } from '../message/values/locale.js';
import type { Mail, Mailable } from '../message/mail.js';
import type { Headers, Mailbox, Message, MessageAlternative } from '../message/message.js';
import { parseForeignIds } from '../message/headers/foreign-ids.js';
import { mergeHeaders, parseHeaders } from '../message/headers/header.js';
import { listUnsubscribeHeaders } from '../message/headers/list-unsubscribe.js';
import { parseMessageId } from '../message/headers/message-id.js';
import { priorityHeaders } from '../message/headers/priority.js';
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
import { MAIL, type MailField } from './mail-fields.js';
import { composeEnvelope, composeRecipients, composeSenders } from './recipients.js';

/** The defaults and limits of a mailer. */
export interface ComposeDefaults extends MessageLimits {
  readonly mailer: string;
  readonly from?: Mailbox;
  readonly replyTo?: readonly Mailbox[];
  /** Absolute folders that attachments may be read from. */
  readonly attachmentRoots: readonly string[];
  /** Turns filenames into ASCII, for old mail programs. */
  readonly asciiFilenames: boolean;
}

export interface ComposeContext {
  now(): Date;
  /** Returns the left part of a Message-ID: unguessable; letters, digits, hyphens and dots. */
  randomId(): string;
  /** Aborts the reading of attachments. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Composes a message: applies defaults, parses addresses, checks everything, reads attachments, fixes Message-ID and Date. It
 * does not change the mail, and reads each of its fields once. Streams in it are read to their end, or destroyed if the mail
 * is refused.
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

/** Checks everything before the first byte is read, so that a bad mail costs no file access. */
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
  // No spreads: V8 takes longer for spreads of this size than for all checks.
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
  // Twice: to act on, and to save.
  if (calendar !== undefined) budget.spend(2 * calendar.attachment.content.byteLength, 'icalEvent.content');
  return { alternatives: calendar === undefined ? given : [...given, calendar.alternative], calendar };
}

function composeHeaders(fields: Fields<MailField>): Headers {
  return mergeHeaders(
    'headers',
    threadHeaders(fields),
    fields.has('priority') ? priorityHeaders(fields.get('priority'), 'priority') : {},
    fields.has('listUnsubscribe')
      ? listUnsubscribeHeaders(fields.get('listUnsubscribe'), 'listUnsubscribe')
      : {},
    fields.has('headers') ? parseHeaders(fields.get('headers'), 'headers') : {},
  );
}

function threadHeaders(fields: Fields<MailField>): Headers {
  return {
    ...idsHeader('In-Reply-To', fields, 'inReplyTo'),
    ...idsHeader('References', fields, 'references'),
  };
}

/** Empty if no id is left that a header can hold. */
function idsHeader(name: string, fields: Fields<MailField>, field: MailField): Headers {
  if (!fields.has(field)) return {};
  const ids = parseForeignIds(fields.get(field), field);
  return ids.length === 0 ? {} : { [name]: ids.join(' ') };
}

/**
 * Returns the mail of a `Mailable`, or the mail itself. Errors of `toMail` pass through.
 * @throws {MailError} `message-invalid` if the result is not an object
 */
export async function resolveMailable(mail: Mail | Mailable): Promise<Mail> {
  const given: unknown = mail;
  if (!isObject(given)) throw invalid({ field: 'mail', expected: EXPECTED, found: show(given) });
  if (!isMailable(mail)) return mail;
  const made = await mail.toMail();
  const found: unknown = made;
  if (isObject(found)) return made;
  throw invalid({ field: 'toMail()', expected: 'a mail to be returned', found: show(found) });
}

const EXPECTED = 'a mail such as { to, subject, text }, or an object with toMail()';

function isMailable(mail: Mail | Mailable): mail is Mailable {
  return 'toMail' in mail && typeof mail.toMail === 'function';
}
