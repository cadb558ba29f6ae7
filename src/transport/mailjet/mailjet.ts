import type { Mailbox, MessageAttachment, RenderedMessage } from '../../message/message.js';
import { encodedHeaders } from '../../mime/encoded-headers.js';
import { type Addressees, addressesOf, addresseesWithTo } from '../http/addressees.js';
import { basicLogin } from '../http/basic-login.js';
import {
  asciiLocalParts,
  atMostBytes,
  atMostRecipients,
  atMostReplyTo,
  forbiddenHeaders,
  inlineHasCid,
  knownOptions,
  noAlternatives,
  noDeliveryStatus,
  noEmptyBody,
  noPartHeaders,
  oneLineHeaders,
  oneTag,
  ownBounceAddress,
} from '../http/field-rules.js';
import { type HttpAnswer, jsonOf, listAt, numberAt, textAt } from '../http/http-answer.js';
import { type Fault, LONG_PAUSE } from '../http/http-fault.js';
import { jsonPost, textPost } from '../http/json-body.js';
import type { Account, Batch, Provider, ProviderCall, Refusal } from '../http/provider.js';
import { namedRecipients } from '../http/recipient-faults.js';

const MEBIBYTE = 2 ** 20;

/** Assumed values: no live account was available to check them. */
const LIMITS = { recipients: 50, bytes: 15 * MEBIBYTE };
const BATCH = { most: 50, mostBytes: 15 * MEBIBYTE };
const PATH = '/v3.1/send';

/** Mailjet sets these headers, or takes them by properties of the mail. */
const FORBIDDEN = new Set(
  `from sender subject to cc bcc reply-to return-path delivered-to dkim-signature domainkey-status received-spf
  authentication-results received x-mailjet-prio x-mailjet-debug user-agent x-mailer x-mj-customid x-mj-eventpayload
  x-mj-vars x-mj-templateerrordeliver x-mj-templateerrorreporting x-mj-templatelanguage x-mailjet-trackopen
  x-mailjet-trackclick x-mj-templateid x-mj-workflowid x-feedback-id x-mailjet-segmentation list-id x-mj-mid
  x-mj-errormessage date x-csa-complaints message-id x-mailjet-campaign x-mj-statisticscontactslistid`.split(
    /\s+/,
  ),
);

/** The frame around the mails of a request; the sandbox stands before them. */
const LIST = '"Messages":[';
const END = ']}';

const batch: Batch = {
  ...BATCH,
  request(bodies) {
    const [first = ''] = bodies;
    const start = first.indexOf(LIST) + LIST.length;
    const mails = bodies.map((body) => body.slice(start, -END.length));
    return textPost(PATH, `${first.slice(0, start)}${mails.join(',')}${END}`);
  },
  // Mailjet refuses a request for one bad mail, and has sent the others.
  hasResults: ({ text }) => text.includes('"Messages"'),
  answers(answer, count) {
    const items = mailsIn(answer);
    return items.length === count ? items.map((item) => itsAnswer(item, answer)) : [];
  },
};

function itsAnswer(item: unknown, { headers }: HttpAnswer): HttpAnswer | undefined {
  const said = textAt(item, 'Status');
  if (said === undefined) return undefined;
  const status = said === 'success' ? 200 : (numberAt(item, 'Errors', 0, 'StatusCode') ?? 400);
  return { status, headers, text: JSON.stringify({ Messages: [item] }) };
}

export const mailjet: Provider = {
  rules: [
    ownBounceAddress,
    noDeliveryStatus,
    noAlternatives('Send a calendar event as an attachment, or the mail by SMTP'),
    noPartHeaders,
    inlineHasCid,
    asciiLocalParts,
    oneLineHeaders,
    forbiddenHeaders(FORBIDDEN),
    noEmptyBody,
    atMostReplyTo(1),
    oneTag,
    atMostRecipients(LIMITS.recipients),
    atMostBytes(LIMITS.bytes, '15 MB'),
    knownOptions('mailjet', [
      'CustomID',
      'DeduplicateCampaign',
      'Priority',
      'TrackOpens',
      'TrackClicks',
      'URLTags',
    ]),
  ],
  headers: ({ key }) => basicLogin(key),
  calls: (message, account) => addresseesWithTo(message).map((to) => call(message, to, account)),
  isSuccess: (answer) => {
    const said = textAt(mailsIn(answer)[0], 'Status');
    return said === undefined ? answer.status >= 200 && answer.status < 300 : said === 'success';
  },
  accepted: (answer) => ({ providerId: idOf(mailsIn(answer)[0]) }),
  refused,
  batch,
  probe: {
    // No mail: a valid key gets an answer about that.
    request: () => jsonPost(PATH, { Messages: [] }),
    isGood: ({ status }) => status === 400,
  },
};

function call(message: RenderedMessage, to: Addressees, { sandbox }: Account): ProviderCall {
  const body = { ...(sandbox && { SandboxMode: true }), Messages: [mailOf(message, to)] };
  return { recipients: addressesOf(to), request: jsonPost(PATH, body) };
}

function mailOf(message: RenderedMessage, { to, cc, bcc }: Addressees): object {
  const { html, text, tags, metadata, headers, attachments, sender, provider } = message;
  const [reply] = message.replyTo;
  const inline = attachments.filter(({ cid }) => cid !== undefined);
  const others = attachments.filter(({ cid }) => cid === undefined);
  return {
    From: mailbox(message.from),
    ...(sender && { Sender: mailbox(sender) }),
    To: to.map(mailbox),
    ...(cc.length > 0 && { Cc: cc.map(mailbox) }),
    ...(bcc.length > 0 && { Bcc: bcc.map(mailbox) }),
    ...(reply && { ReplyTo: mailbox(reply) }),
    Subject: message.subject,
    ...(text !== undefined && text !== '' && { TextPart: text }),
    ...(html !== undefined && html !== '' && { HTMLPart: html }),
    ...(Object.keys(headers).length > 0 && { Headers: encodedHeaders(headers) }),
    ...(others.length > 0 && { Attachments: others.map(attachment) }),
    ...(inline.length > 0 && { InlinedAttachments: inline.map(attachment) }),
    ...(tags.length > 0 && { CustomCampaign: tags[0] }),
    ...(Object.keys(metadata).length > 0 && { EventPayload: JSON.stringify(metadata) }),
    ...provider?.['mailjet'],
  };
}

const mailbox = ({ address, name = '' }: Mailbox): object => ({
  Email: address,
  ...(name !== '' && { Name: name }),
});

const attachment = ({ filename, content, contentType, cid }: MessageAttachment): object => ({
  ContentType: contentType,
  Filename: filename ?? 'attachment',
  Base64Content: content.toString('base64'),
  ...(cid !== undefined && { ContentID: cid }),
});

/** Ids are above 2^53, where `JSON.parse` rounds them: they become texts before it. */
const WITH_TEXT_IDS = /("MessageID"\s*:\s*)(\d+)/g;

const parsed = ({ text }: HttpAnswer): unknown => jsonOf({ text: text.replaceAll(WITH_TEXT_IDS, '$1"$2"') });

const mailsIn = (answer: HttpAnswer): readonly unknown[] => listAt(parsed(answer), 'Messages');

/** Each recipient has an id; that of the first stands for the mail. A sandbox answers 0. */
function idOf(item: unknown): string | undefined {
  const recipients = ['To', 'Cc', 'Bcc'].flatMap((name) => listAt(item, name));
  const id = textAt(recipients[0], 'MessageID');
  return id === '0' ? undefined : id;
}

const SENDER: Fault = {
  code: 'message-rejected',
  advice: 'Have the sender validated at Mailjet, or send as another.',
};

/** ErrorCode → meaning, where the status says too little or is misleading. */
const BY_CODE: Readonly<Record<string, Fault>> = {
  'mj-0001': {
    code: 'rate-limited',
    retryAfterMs: LONG_PAUSE,
    advice: 'The key is suspended: ask Mailjet why.',
  },
  'mj-0015': { code: 'authentication' },
  'send-0006': SENDER,
  'send-0007': SENDER,
  'send-0008': SENDER,
};

/** A mail has errors of its own; those of the whole request have the same form. */
function refused(answer: HttpAnswer, call: ProviderCall | undefined): Refusal {
  const json = parsed(answer);
  const own = listAt(json, 'Messages', 0, 'Errors');
  const errors = own.length > 0 ? own : [json];
  const said = errors.flatMap((error) => {
    const message = textAt(error, 'ErrorMessage');
    return message === undefined ? [] : [`${message} (${textAt(error, 'ErrorCode') ?? 'no code'})`];
  });
  if (said.length === 0) return {};
  const named = () =>
    namedRecipients(
      own.map((error) => addressAt(error, call)),
      call,
    );
  // An error of a mail is no fault of the account.
  const ofMail: Fault | undefined =
    own.length > 0 && answer.status === 403 ? { code: 'message-rejected' } : undefined;
  const known = errors.map((error) => BY_CODE[textAt(error, 'ErrorCode') ?? '']).find((fault) => fault);
  return { said: said.join('; '), fault: known ?? named() ?? ofMail };
}

/** `To[1].Email` names a recipient by its place in the request. */
function addressAt(error: unknown, call: ProviderCall | undefined): string | undefined {
  const { body } = call?.request ?? {};
  const [field = ''] = listAt(error, 'ErrorRelatedTo').map(String);
  const [, list = '', index = ''] = /^(To|Cc|Bcc)\[(\d+)\]/.exec(field) ?? [];
  if (typeof body !== 'string' || list === '') return undefined;
  return textAt(JSON.parse(body), 'Messages', 0, list, Number(index), 'Email');
}
