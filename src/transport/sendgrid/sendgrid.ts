import { encodedHeaders } from '../../mime/encoded-headers.js';
import type { Mailbox, MessageAttachment, RenderedMessage } from '../../message/message.js';
import { type Addressees, addressees } from '../http/addressees.js';
import {
  asciiLocalParts,
  atMostBytes,
  atMostRecipients,
  atMostReplyTo,
  forbiddenHeaders,
  knownOptions,
  metadataLike,
  noDeliveryStatus,
  noEmptyBody,
  noEmptySubject,
  noPartHeaders,
  oneLineHeaders,
  ownBounceAddress,
  tagsLike,
} from '../http/field-rules.js';
import { type HttpAnswer, jsonOf, listAt, textAt } from '../http/http-answer.js';
import { type Fault, LONG_PAUSE } from '../http/http-fault.js';
import { jsonPost } from '../http/json-body.js';
import type { Account, Provider, ProviderCall, Refusal, FieldRule } from '../http/provider.js';
import { namedRecipients } from '../http/recipient-faults.js';

const MEBIBYTE = 2 ** 20;

/** Assumed values: no live account was available to check them. */
const LIMITS = { recipients: 1000, replyTo: 1000, bytes: 30 * MEBIBYTE, tags: 10, metadataBytes: 10_000 };

const OPTIONS = ['asm', 'batch_id', 'ip_pool_name', 'mail_settings', 'send_at', 'tracking_settings'];

/** Headers that SendGrid writes itself, or takes from fields of their own. */
const FORBIDDEN = new Set([
  'x-sg-id',
  'x-sg-eid',
  'received',
  'dkim-signature',
  'content-type',
  'content-transfer-encoding',
]);

/** Characters that would end the values of SendGrid's own headers. */
const plainNames: FieldRule = ({ attachments }) => {
  for (const [index, { filename = '', cid = '' }] of attachments.entries()) {
    const field = Object.entries({ filename, cid }).find(([, value]) => value.includes(';'))?.[0];
    if (field !== undefined)
      return { field: `attachments[${index}].${field}`, reason: 'it takes no ; in it' };
  }
  return undefined;
};

const smallMetadata: FieldRule = ({ metadata }) =>
  Buffer.byteLength(JSON.stringify(metadata)) > LIMITS.metadataBytes
    ? { field: 'metadata', reason: `it takes at most ${LIMITS.metadataBytes} bytes of it` }
    : undefined;

export const sendgrid: Provider = {
  rules: [
    ownBounceAddress,
    noDeliveryStatus,
    noPartHeaders,
    plainNames,
    asciiLocalParts,
    oneLineHeaders,
    forbiddenHeaders(FORBIDDEN),
    noEmptySubject,
    noEmptyBody,
    atMostRecipients(LIMITS.recipients),
    atMostReplyTo(LIMITS.replyTo),
    tagsLike({ most: LIMITS.tags, pattern: /^.{1,255}$/u, expected: 'tags of up to 255 characters' }),
    metadataLike({ most: 100, pattern: /^/, expected: 'texts' }, /^./),
    smallMetadata,
    atMostBytes(LIMITS.bytes, '30 MB'),
    knownOptions('sendgrid', OPTIONS),
  ],
  headers: ({ key }) => ({ authorization: `Bearer ${key}` }),
  calls: (message, account) => [
    {
      recipients: message.envelope.to,
      request: jsonPost('/v3/mail/send', mailOf(message, account)),
    },
  ],
  accepted: ({ headers }) => ({ providerId: headers.get('x-message-id') ?? undefined }),
  refused,
  probe: {
    request: () => ({ method: 'GET', path: '/v3/scopes' }),
    // 403: a key that may send and nothing else.
    isGood: ({ status }) => status === 200 || status === 403,
  },
};

function mailOf(message: RenderedMessage, { sandbox }: Account): object {
  const { from, replyTo, subject, headers, attachments, tags, provider } = message;
  const { mail_settings: settings, ...options } = provider?.['sendgrid'] ?? {};
  const sender = message.sender ? { Sender: message.sender.address } : {};
  return {
    personalizations: personalizations(message),
    from: mailbox(from),
    ...(replyTo.length > 0 && { reply_to_list: replyTo.map(mailbox) }),
    subject,
    content: contents(message),
    headers: encodedHeaders({ 'Message-ID': message.messageId, ...sender, ...headers }),
    ...(attachments.length > 0 && { attachments: attachments.map(attachment) }),
    ...(tags.length > 0 && { categories: [...new Set(tags)] }),
    ...options,
    ...mailSettings(settings, sandbox),
  };
}

function mailSettings(settings: unknown, sandbox: boolean): object {
  if (!sandbox) return settings === undefined ? {} : { mail_settings: settings };
  const others = typeof settings === 'object' ? settings : {};
  return { mail_settings: { ...others, sandbox_mode: { enable: true } } };
}

/** One personalization is one mail: recipients of Bcc alone do not see each other. */
function personalizations(message: RenderedMessage): readonly object[] {
  const { to, cc, bcc }: Addressees = addressees(message);
  const metadata = Object.keys(message.metadata).length > 0 && { custom_args: message.metadata };
  if (to.length === 0) return bcc.map((hidden) => ({ to: [mailbox(hidden)], ...metadata }));
  return [
    {
      to: to.map(mailbox),
      ...(cc.length > 0 && { cc: cc.map(mailbox) }),
      ...(bcc.length > 0 && { bcc: bcc.map(mailbox) }),
      ...metadata,
    },
  ];
}

const mailbox = ({ address, name }: Mailbox) => ({ email: address, ...(name !== undefined && { name }) });

/** In the order of RFC 2046 §5.1.4: the richest last. */
function contents({ text = '', html = '', alternatives }: RenderedMessage): readonly object[] {
  const others = alternatives.map(({ contentType, content }) => ({
    type: contentType,
    value: content.toString('utf8'),
  }));
  return [
    ...(text === '' ? [] : [{ type: 'text/plain', value: text }]),
    ...(html === '' ? [] : [{ type: 'text/html', value: html }]),
    ...others,
  ];
}

function attachment({ filename, content, contentType, cid, disposition }: MessageAttachment): object {
  return {
    content: content.toString('base64'),
    filename: filename ?? 'attachment',
    // SendGrid accepts no parameters here.
    type: contentType.replace(/;.*/s, '').trim(),
    disposition,
    ...(cid !== undefined && { content_id: cid }),
  };
}

interface SendgridError {
  readonly message: string;
  readonly field: string | undefined;
}

/** `{ errors: [{ message, field, help }] }`; `field` may be null, in some answers the text "null". */
function errorsIn(json: unknown): readonly SendgridError[] {
  return listAt(json, 'errors').flatMap((error) => {
    const message = textAt(error, 'message');
    const field = textAt(error, 'field');
    return message === undefined ? [] : [{ message, field: field === 'null' ? undefined : field }];
  });
}

function refused(answer: HttpAnswer, call: ProviderCall | undefined): Refusal {
  const errors = errorsIn(jsonOf(answer));
  if (errors.length === 0) return {};
  const said = errors
    .map(({ message, field }) => (field === undefined ? message : `${message} (${field})`))
    .join('; ');
  return { said, fault: meaning(answer.status, errors, call) };
}

function meaning(
  status: number,
  errors: readonly SendgridError[],
  call: ProviderCall | undefined,
): Fault | undefined {
  if (status === 401 && errors.some(({ message }) => /credits/i.test(message))) return NO_CREDITS;
  if (status === 403 && errors.some(({ field }) => field === 'from')) return SENDER;
  if (status !== 400) return undefined;
  return namedRecipients(
    errors.map(({ field = '' }) => addressAt(field, call)),
    call,
  );
}

const NO_CREDITS: Fault = {
  code: 'rate-limited',
  retryAfterMs: LONG_PAUSE,
  advice: 'The account has no mails left: look at its plan.',
};
const SENDER: Fault = {
  code: 'message-rejected',
  advice: 'Verify the sender at SendGrid, or send as another.',
};

/**
 * `personalizations.0.to.1.email` names a recipient by its place, in some answers without the end; recipients are in
 * the request in that order.
 */
function addressAt(field: string, call: ProviderCall | undefined): string | undefined {
  const { body } = call?.request ?? {};
  if (typeof body !== 'string' || !field.startsWith('personalizations.')) return undefined;
  const path = field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const json: unknown = JSON.parse(body);
  return textAt(json, ...path) ?? textAt(json, ...path, 'email');
}
