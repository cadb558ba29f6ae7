import { formatMailbox } from '../../message/address/mailbox.js';
import type { MessageAttachment, RenderedMessage } from '../../message/message.js';
import type { Rejection } from '../../errors/mail-error.js';
import { encodedText } from '../../mime/encoded-text.js';
import { type Addressees, addressesOf, addresseesWithTo } from '../http/addressees.js';
import {
  asciiLocalParts,
  atMostBytes,
  forbiddenHeaders,
  knownOptions,
  noAlternatives,
  noDeliveryStatus,
  noEmptyBody,
  noMetadata,
  noPartHeaders,
  noSender,
  noTags,
  nothingInline,
  ownBounceAddress,
} from '../http/field-rules.js';
import { type HttpAnswer, jsonOf, listAt, textAt } from '../http/http-answer.js';
import { type Fault, LONG_PAUSE } from '../http/http-fault.js';
import { emailAndName, jsonPost } from '../http/json-body.js';
import type { Acceptance, Account, FieldRule, Provider, ProviderCall, Refusal } from '../http/provider.js';
import { namedRecipients } from '../http/recipient-faults.js';

/** The least subject and the most bytes are Scaleway's for every account; quotas of an account are not known here. */
const LIMITS = { subject: 6, bytes: 2 * 10 ** 6 };
const FORBIDDEN = new Set(['message-id', 'return-path']);
/** Scaleway sends mails from one region alone. */
const REGION = '/transactional-email/v1alpha1/regions/fr-par';

const longSubject: FieldRule = ({ subject }) =>
  Array.from(subject).length < LIMITS.subject
    ? { field: 'subject', reason: `it takes no subject of less than ${LIMITS.subject} characters` }
    : undefined;

export const scaleway: Provider = {
  rules: [
    ownBounceAddress,
    noSender,
    noDeliveryStatus,
    noAlternatives('Send a calendar event as an attachment, or the mail by SMTP'),
    noPartHeaders,
    nothingInline,
    asciiLocalParts,
    forbiddenHeaders(FORBIDDEN),
    longSubject,
    noEmptyBody,
    noTags,
    noMetadata,
    atMostBytes(LIMITS.bytes, '2 MB'),
    knownOptions('scaleway', ['send_before']),
  ],
  headers: ({ key }) => ({ 'x-auth-token': key }),
  calls: (message, account) => addresseesWithTo(message).map((to) => call(message, to, account)),
  accepted,
  refused,
  probe: {
    request: ({ project = '' }) => ({
      method: 'GET',
      path: `${REGION}/emails?page_size=1&project_id=${encodeURIComponent(project)}`,
    }),
    // 403: a key that may send and nothing else.
    isGood: ({ status }) => status === 200 || status === 403,
  },
};

function call(message: RenderedMessage, to: Addressees, account: Account): ProviderCall {
  const request = jsonPost(`${REGION}/emails`, mailOf(message, to, account));
  return { recipients: addressesOf(to), request };
}

function mailOf(message: RenderedMessage, { to, cc, bcc }: Addressees, { project }: Account): object {
  const { html, text, attachments, provider } = message;
  const headers = headersOf(message);
  return {
    project_id: project,
    from: emailAndName(message.from),
    to: to.map(emailAndName),
    ...(cc.length > 0 && { cc: cc.map(emailAndName) }),
    ...(bcc.length > 0 && { bcc: bcc.map(emailAndName) }),
    subject: message.subject,
    ...(text !== undefined && text !== '' && { text }),
    ...(html !== undefined && html !== '' && { html }),
    ...(headers.length > 0 && { additional_headers: headers }),
    ...(attachments.length > 0 && { attachments: attachments.map(attachment) }),
    ...provider?.['scaleway'],
  };
}

function headersOf({ headers, replyTo }: RenderedMessage): readonly object[] {
  const replies = replyTo.length > 0 ? { 'Reply-To': replyTo.map(formatMailbox).join(', ') } : {};
  return Object.entries({ ...replies, ...headers }).flatMap(([key, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => ({ key, value: encodedText(value) })),
  );
}

const attachment = ({ filename, content, contentType }: MessageAttachment): object => ({
  name: filename ?? 'attachment',
  type: contentType.replace(/;.*/s, '').trim(),
  content: content.toString('base64'),
});

/** Each recipient has an email of its own; the id of the first stands for the mail. */
function accepted(answer: HttpAnswer): Acceptance {
  const emails = listAt(jsonOf(answer), 'emails');
  const failed = emails.filter((email) => /^(?:failed|canceled)$/.test(textAt(email, 'status') ?? ''));
  const rejected = failed.flatMap((email) => textAt(email, 'mail_rcpt') ?? []).map(rejection);
  const first = emails.find((email) => !failed.includes(email)) ?? emails[0];
  return { providerId: textAt(first, 'id'), rejected };
}

const rejection = (address: string): Rejection => ({
  address,
  code: 'recipients-rejected',
  retryable: false,
});

/** Error type → meaning, where the status says too little or is misleading. */
const BY_TYPE: Readonly<Record<string, Fault>> = {
  denied_authentication: { code: 'authentication' },
  permissions_denied: {
    code: 'authentication',
    advice: 'Give the key the right to send mails of this project.',
  },
  quotas_exceeded: {
    code: 'rate-limited',
    retryAfterMs: LONG_PAUSE,
    advice: 'The account has no mails left: look at its quotas.',
  },
};

function refused(answer: HttpAnswer, call: ProviderCall | undefined): Refusal {
  const json = jsonOf(answer);
  const type = textAt(json, 'type') ?? '';
  const message = textAt(json, 'message') ?? (type === '' ? undefined : type);
  if (message === undefined) return {};
  const details = listAt(json, 'details').flatMap((detail) => textAt(detail, 'argument_name') ?? []);
  const said = [message, ...details.map((name) => `(${name})`)].join(' ');
  const known = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  const named = namedRecipients(
    details.map((name) => addressAt(name, call)),
    call,
  );
  return { said, fault: known ?? (type === 'invalid_arguments' ? named : undefined) };
}

/** `cc.1.email` or `cc[1].email` names a recipient by its place in the request. */
function addressAt(name: string, call: ProviderCall | undefined): string | undefined {
  const { body } = call?.request ?? {};
  const [, list = '', index = ''] = /^(to|cc|bcc)[.[](\d+)\]?(?:\.email)?$/.exec(name) ?? [];
  return typeof body !== 'string' || list === ''
    ? undefined
    : textAt(JSON.parse(body), list, Number(index), 'email');
}
