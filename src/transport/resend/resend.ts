import { formatMailbox } from '../../message/address/mailbox.js';
import type { Mailbox, MessageAttachment, RenderedMessage } from '../../message/message.js';
import { encodedHeaders } from '../../mime/encoded-headers.js';
import { type Addressees, addressesOf, addresseesWithTo } from '../http/addressees.js';
import {
  asciiLocalParts,
  atMostBytes,
  atMostRecipients,
  inlineHasCid,
  knownOptions,
  type LabelRule,
  metadataLike,
  noAlternatives,
  noDeliveryStatus,
  noEmptyBody,
  noPartHeaders,
  oneLineHeaders,
  ownBounceAddress,
  tagsLike,
  typesFitNames,
} from '../http/field-rules.js';
import { type HttpAnswer, jsonOf, listAt, numberAt, textAt } from '../http/http-answer.js';
import { type Fault, LONG_PAUSE } from '../http/http-fault.js';
import { jsonPost, textPost } from '../http/json-body.js';
import { keyOf } from '../http/idempotency-key.js';
import type { Account, Batch, Provider, ProviderCall, Refusal, FieldRule } from '../http/provider.js';

const MEBIBYTE = 2 ** 20;

/** Assumed values: no live account was available to check them. */
const LIMITS = { recipients: 50, bytes: 40 * MEBIBYTE };
const BATCH = { most: 100, mostBytes: 40 * MEBIBYTE };
const LABEL: LabelRule = {
  most: 50,
  pattern: /^[A-Za-z0-9_-]{1,256}$/,
  expected: 'letters of ASCII, digits, _ and -, up to 256 of them',
};

/** Both become tags at Resend, so that one name would appear twice. */
const distinctLabels: FieldRule = ({ tags, metadata }) => {
  const index = tags.findIndex((tag) => Object.hasOwn(metadata, tag));
  return index < 0
    ? undefined
    : { field: `tags[${index}]`, reason: 'it takes metadata as tags, and one has the name of this tag' };
};

const batch: Batch = {
  ...BATCH,
  // Otherwise one bad mail would have all of them refused.
  request: (bodies) =>
    textPost('/emails/batch', `[${bodies.join(',')}]`, { 'x-batch-validation': 'permissive' }),
  answers: itsAnswers,
};

/** One list holds the accepted mails in their order, another the refused ones by index. */
function itsAnswers(answer: HttpAnswer, count: number): readonly HttpAnswer[] {
  const json = jsonOf(answer);
  const taken = listAt(json, 'data');
  const refusals = new Map(listAt(json, 'errors').map((item) => [numberAt(item, 'index'), item]));
  const indexes = Array.from({ length: count }, (_, index) => index);
  const left = indexes.filter((index) => !refusals.has(index));
  if (left.length !== taken.length || left.length + refusals.size !== count) return [];
  const { headers } = answer;
  return indexes.map((index) => {
    const message = textAt(refusals.get(index), 'message') ?? '';
    return refusals.has(index)
      ? { status: 422, headers, text: JSON.stringify({ name: 'validation_error', message }) }
      : { status: 200, headers, text: JSON.stringify(taken[left.indexOf(index)]) };
  });
}

export const resend: Provider = {
  rules: [
    ownBounceAddress,
    noDeliveryStatus,
    noAlternatives('Send a calendar event as an attachment, or the mail by SMTP'),
    noPartHeaders,
    inlineHasCid,
    typesFitNames,
    asciiLocalParts,
    oneLineHeaders,
    noEmptyBody,
    tagsLike(LABEL),
    metadataLike(LABEL, LABEL.pattern),
    distinctLabels,
    atMostRecipients(LIMITS.recipients),
    atMostBytes(LIMITS.bytes, '40 MB'),
    knownOptions('resend', ['scheduled_at', 'topic_id']),
  ],
  headers: ({ key }) => ({ authorization: `Bearer ${key}` }),
  calls,
  accepted: (answer) => ({ providerId: textAt(jsonOf(answer), 'id') }),
  refused,
  batch,
  repeatableForMs: 24 * 3_600_000,
  probe: {
    request: () => ({ method: 'GET', path: '/domains' }),
    isGood: (answer) => answer.status === 200 || textAt(jsonOf(answer), 'name') === 'restricted_api_key',
  },
};

function calls(message: RenderedMessage, account: Account): readonly ProviderCall[] {
  return addresseesWithTo(message).map((to) => call(message, to, account));
}

function call(message: RenderedMessage, to: Addressees, { key }: Account): ProviderCall {
  const recipients = addressesOf(to);
  return {
    recipients,
    request: jsonPost('/emails', mailOf(message, to), { 'idempotency-key': keyOf(message, recipients, key) }),
    // Resend's batches support neither.
    isAlone: message.attachments.length > 0 || message.provider?.['resend']?.['scheduled_at'] !== undefined,
  };
}

function mailOf(message: RenderedMessage, { to, cc, bcc }: Addressees): object {
  const { html, text, tags, metadata, attachments, headers, replyTo, sender, provider } = message;
  const labels = [
    ...[...new Set(tags)].map((name) => ({ name, value: 'true' })),
    ...Object.entries(metadata).map(([name, value]) => ({ name, value })),
  ];
  return {
    from: formatMailbox(message.from),
    to: to.map(formatMailbox),
    ...(cc.length > 0 && { cc: cc.map(formatMailbox) }),
    ...(bcc.length > 0 && { bcc: bcc.map(formatMailbox) }),
    ...(replyTo.length > 0 && { reply_to: replyTo.map(formatMailbox) }),
    subject: message.subject,
    ...(html !== undefined && html !== '' && { html }),
    ...(text !== undefined && text !== '' && { text }),
    headers: encodedHeaders({ ...senderHeader(sender), ...headers }),
    ...(attachments.length > 0 && { attachments: attachments.map(attachment) }),
    ...(labels.length > 0 && { tags: labels }),
    ...provider?.['resend'],
  };
}

const senderHeader = (sender: Mailbox | undefined) => (sender ? { Sender: formatMailbox(sender) } : {});

function attachment({ filename, content, contentType, cid }: MessageAttachment): object {
  return {
    filename: filename ?? 'attachment',
    content: content.toString('base64'),
    content_type: contentType,
    ...(cid !== undefined && { content_id: cid }),
  };
}

const SENDER: Fault = {
  code: 'message-rejected',
  advice: 'Verify the domain at Resend, or send as another.',
};

const QUOTA: Fault = {
  code: 'rate-limited',
  retryAfterMs: LONG_PAUSE,
  advice: 'The account has no mails left until then: look at its plan.',
};

/** Error name → meaning, where the status says too little or is misleading. */
const BY_NAME: Readonly<Record<string, Fault>> = {
  missing_api_key: { code: 'authentication' },
  restricted_api_key: { code: 'authentication' },
  invalid_api_key: { code: 'authentication' },
  invalid_idempotency_key: { code: 'config' },
  // The first request is still under way and may send the mail.
  concurrent_idempotent_requests: { code: 'transport-unavailable', outcome: 'unknown' },
  daily_quota_exceeded: QUOTA,
  monthly_quota_exceeded: QUOTA,
  security_error: { code: 'message-rejected' },
};

function refused(answer: HttpAnswer): Refusal {
  const json = jsonOf(answer);
  const name = textAt(json, 'name') ?? '';
  const message = textAt(json, 'message');
  if (message === undefined) return {};
  const said = name === '' ? message : `${message} (${name})`;
  // Recognised by its words: it comes with 400, 401, 403 and 422.
  if (/api key is invalid/i.test(message)) return { said, fault: { code: 'authentication' } };
  if (answer.status === 403 && name === 'validation_error') return { said, fault: SENDER };
  return { said, fault: Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined };
}
