import { detectExtension } from 'nodemailer/lib/mime-funcs';
import type { MessageAttachment, RenderedMessage } from '../../message/message.js';
import { encodedHeaders } from '../../mime/encoded-headers.js';
import type { Rejection } from '../../errors/mail-error.js';
import { type Addressees, addressesOf, addresseesWithTo } from '../http/addressees.js';
import {
  asciiLocalParts,
  atMostBytes,
  atMostReplyTo,
  forbiddenHeaders,
  inlineHasCid,
  knownOptions,
  noAlternatives,
  noDeliveryStatus,
  noEmptyBody,
  noEmptySubject,
  noMetadata,
  noPartHeaders,
  noSender,
  oneLineHeaders,
  ownBounceAddress,
  tagsLike,
  typesByNames,
} from '../http/field-rules.js';
import { type HttpAnswer, jsonOf, listAt, textAt } from '../http/http-answer.js';
import { type Fault, LONG_PAUSE } from '../http/http-fault.js';
import { emailAndName, jsonPost } from '../http/json-body.js';
import type { FieldRule, Provider, ProviderCall, Refusal } from '../http/provider.js';
import { namedRecipients } from '../http/recipient-faults.js';
import { isObject } from '../../message/values/fields.js';

/** Assumed values: no live account was available to check them. */
const LIMITS = { to: 50, copies: 10, tags: 5, bytes: 25 * 2 ** 20 };
const FORBIDDEN = new Set(['message-id', 'sender', 'return-path', 'precedence']);

const fewRecipients: FieldRule = (message) => {
  for (const { to, cc, bcc } of addresseesWithTo(message)) {
    const lists = { to: [to, LIMITS.to], cc: [cc, LIMITS.copies], bcc: [bcc, LIMITS.copies] } as const;
    for (const [field, [list, most]] of Object.entries(lists)) {
      if (list.length > most)
        return { field, reason: `it takes at most ${most} of them, and there are ${list.length}` };
    }
  }
  return undefined;
};

export const mailersend: Provider = {
  rules: [
    ownBounceAddress,
    noSender,
    noDeliveryStatus,
    noAlternatives('Send a calendar event as an attachment, or the mail by SMTP'),
    noPartHeaders,
    inlineHasCid,
    typesByNames,
    asciiLocalParts,
    oneLineHeaders,
    forbiddenHeaders(FORBIDDEN),
    noEmptySubject,
    noEmptyBody,
    atMostReplyTo(1),
    tagsLike({ most: LIMITS.tags, pattern: /^.{1,255}$/u, expected: 'tags of up to 255 characters' }),
    noMetadata,
    fewRecipients,
    atMostBytes(LIMITS.bytes, '25 MB'),
    knownOptions('mailersend', ['send_at', 'precedence_bulk', 'settings']),
  ],
  headers: ({ key }) => ({ authorization: `Bearer ${key}` }),
  calls: (message) => addresseesWithTo(message).map((to) => call(message, to)),
  // Nobody is left if all recipients are suppressed: a success that sends nothing.
  isSuccess: (answer) => answer.status >= 200 && answer.status < 300 && !warns(answer, 'ALL_SUPPRESSED'),
  accepted: (answer) => ({
    providerId: answer.headers.get('x-message-id') ?? undefined,
    rejected: suppressed(answer),
  }),
  refused,
  probe: {
    request: () => ({ method: 'GET', path: '/v1/api-quota' }),
    // 403: a key that may send and nothing else.
    isGood: ({ status }) => status === 200 || status === 403,
  },
};

function call(message: RenderedMessage, to: Addressees): ProviderCall {
  return { recipients: addressesOf(to), request: jsonPost('/v1/email', mailOf(message, to)) };
}

function mailOf(message: RenderedMessage, { to, cc, bcc }: Addressees): object {
  const { html, text, tags, attachments, provider } = message;
  const [reply] = message.replyTo;
  return {
    from: emailAndName(message.from),
    to: to.map(emailAndName),
    ...(cc.length > 0 && { cc: cc.map(emailAndName) }),
    ...(bcc.length > 0 && { bcc: bcc.map(emailAndName) }),
    ...(reply && { reply_to: emailAndName(reply) }),
    subject: message.subject,
    ...(html !== undefined && html !== '' && { html }),
    ...(text !== undefined && text !== '' && { text }),
    ...headersOf(message),
    ...(attachments.length > 0 && { attachments: attachments.map(attachment) }),
    ...(tags.length > 0 && { tags: [...new Set(tags)] }),
    ...provider?.['mailersend'],
  };
}

/** Headers with fields of their own; the others are part of the larger plans. */
function headersOf({ headers }: RenderedMessage): object {
  const all = Object.entries(encodedHeaders(headers));
  const own = new Map(all.map(([name, value]) => [name.toLowerCase(), value]));
  const answered = own.get('in-reply-to');
  const thread = own.get('references');
  const list = own.has('list-unsubscribe-post') ? undefined : own.get('list-unsubscribe');
  const said = new Set(['in-reply-to', 'references', ...(list === undefined ? [] : ['list-unsubscribe'])]);
  const others = all.filter(([name]) => !said.has(name.toLowerCase()));
  return {
    ...(answered !== undefined && { in_reply_to: answered }),
    ...(thread !== undefined && { references: thread.split(/\s+/).filter((id) => id !== '') }),
    ...(list !== undefined && { list_unsubscribe: list }),
    ...(others.length > 0 && { headers: others.map(([name, value]) => ({ name, value })) }),
  };
}

function attachment({ filename, content, contentType, cid, disposition }: MessageAttachment): object {
  const type = contentType.replace(/;.*/s, '').trim();
  return {
    // The type of a file without a name can only be said by giving it one.
    filename: filename ?? `attachment.${detectExtension(type)}`,
    content: content.toString('base64'),
    disposition,
    ...(cid !== undefined && { id: cid }),
  };
}

const warningsIn = (answer: HttpAnswer): readonly unknown[] => listAt(jsonOf(answer), 'warnings');

const warns = (answer: HttpAnswer, type: string): boolean =>
  warningsIn(answer).some((warning) => textAt(warning, 'type') === type);

function suppressed(answer: HttpAnswer): readonly Rejection[] {
  return warningsIn(answer)
    .flatMap((warning) => listAt(warning, 'recipients'))
    .flatMap((recipient) => textAt(recipient, 'email') ?? [])
    .map((address) => ({ address, code: 'suppressed', retryable: false }));
}

const QUOTA: Fault = {
  code: 'rate-limited',
  retryAfterMs: LONG_PAUSE,
  advice: 'The account has no requests left for today: look at its plan.',
};
const SENDER: Fault = {
  code: 'message-rejected',
  advice: 'Verify the domain at MailerSend, or send as another.',
};

/** Number at the end of a message, or of one about a field → meaning. */
const BY_CODE: Readonly<Record<string, Fault>> = { MS42901: QUOTA, MS42207: SENDER };

function refused(answer: HttpAnswer, call: ProviderCall | undefined): Refusal {
  const json = jsonOf(answer);
  const message = textAt(json, 'message');
  if (warns(answer, 'ALL_SUPPRESSED')) {
    const rejected = (call?.recipients ?? []).map((address): Rejection => ({
      address,
      code: 'suppressed',
      retryable: false,
    }));
    return { said: message, fault: { code: 'recipients-rejected', retryable: false, rejected } };
  }
  if (message === undefined) return {};
  const fields = fieldsIn(json);
  const said = [message, ...fields.map(({ said }) => said)].join(' ');
  const [, code = ''] = /#(MS\d+)/.exec(said) ?? [];
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  const named = namedRecipients(
    fields.map(({ field }) => addressAt(field, call)),
    call,
  );
  return { said, fault: known ?? (answer.status === 422 ? named : undefined) };
}

/** `{ errors: { 'to.0.email': ['…'] } }` */
function fieldsIn(json: unknown): ReadonlyArray<{ readonly field: string; readonly said: string }> {
  const errors = isObject(json) ? json['errors'] : undefined;
  if (!isObject(errors)) return [];
  return Object.keys(errors).map((field) => ({ field, said: listAt(errors, field).map(String).join(' ') }));
}

/** `cc.1.email` names a recipient by its place in the request. */
function addressAt(field: string, call: ProviderCall | undefined): string | undefined {
  const { body } = call?.request ?? {};
  const [, list = '', index = ''] = /^(to|cc|bcc)\.(\d+)\.email$/.exec(field) ?? [];
  return typeof body !== 'string' || list === ''
    ? undefined
    : textAt(JSON.parse(body), list, Number(index), 'email');
}
