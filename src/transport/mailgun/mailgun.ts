import type { RenderedMessage } from '../../message/message.js';
import { composeMime } from '../../mime/compose-mime.js';
import {
  atMostBytes,
  atMostRecipients,
  metadataLike,
  noDeliveryStatus,
  ownBounceAddress,
  tagsLike,
} from '../http/field-rules.js';
import { type HttpAnswer, jsonOf, textAt } from '../http/http-answer.js';
import { basicLogin } from '../http/basic-login.js';
import { formBody } from '../http/form-body.js';
import type { Fault } from '../http/http-fault.js';
import type { Account, Provider, ProviderCall, Refusal, FieldRule } from '../http/provider.js';

const MEBIBYTE = 2 ** 20;

/** Assumed values: no live account was available to check them. */
const LIMITS = { recipients: 1000, bytes: 25 * MEBIBYTE, options: 16 * 1024 };
const TAG = { most: 10, pattern: /^[\x20-\x7e]{1,128}$/, expected: 'tags of up to 128 characters of ASCII' };

const itsOptions: FieldRule = ({ provider }) => {
  const given = Object.entries(provider?.['mailgun'] ?? {});
  const bad = given.find(([name, value]) => !/^o:[\w-]+$/.test(name) || !isValue(value));
  return (
    bad && { field: `provider.mailgun.${bad[0]}`, reason: "it takes options such as 'o:tracking': 'no'" }
  );
};

const isValue = (value: unknown): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));

const smallOptions: FieldRule = ({ metadata, tags, provider }) =>
  Buffer.byteLength(JSON.stringify([metadata, tags, provider ?? {}])) > LIMITS.options
    ? { field: 'metadata', reason: 'it takes at most 16 KB of tags, metadata and options together' }
    : undefined;

/** Mailgun's endpoint for finished messages, which carries everything that SMTP can. */
export const mailgun: Provider = {
  rules: [
    ownBounceAddress,
    noDeliveryStatus,
    tagsLike(TAG),
    metadataLike({ most: 100, pattern: /^/, expected: 'texts' }, /^./),
    itsOptions,
    smallOptions,
    atMostRecipients(LIMITS.recipients),
    atMostBytes(LIMITS.bytes, '25 MB'),
  ],
  headers: ({ key }) => basicLogin(`api:${key}`),
  calls,
  // Mailgun answers a wrong path with a success.
  isSuccess: ({ status, text }) => status >= 200 && status < 300 && !isGreeting(text),
  accepted: (answer) => ({ providerId: textAt(jsonOf(answer), 'id') }),
  refused,
  probe: {
    // An empty mail: a valid key gets an answer about missing fields, and no mail can go out.
    request: (account) => ({ method: 'POST', path: pathOf(account), ...formBody([]) }),
    isGood: ({ status }) => status === 400,
  },
};

const isGreeting = (text: string): boolean => /Mailgun Magnificent API/i.test(text);

const pathOf = ({ domain = '' }: Account): string => `/v3/${encodeURIComponent(domain)}/messages.mime`;

async function calls(message: RenderedMessage, account: Account): Promise<readonly ProviderCall[]> {
  const { envelope, tags, metadata, provider } = message;
  const options = Object.entries(provider?.['mailgun'] ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item) => [name, String(item)] as const),
  );
  const form = formBody([
    ...envelope.to.map((address) => ['to', address] as const),
    ['message', await composeMime(message)],
    ...tags.map((tag) => ['o:tag', tag] as const),
    ...Object.entries(metadata).map(([name, value]) => [`v:${name}`, value] as const),
    // Otherwise readers would see it in a header.
    ...(Object.keys(metadata).length > 0 ? [HIDE_METADATA] : []),
    ...(account.sandbox ? [TEST_MODE] : []),
    ...options,
  ]);
  return [{ recipients: envelope.to, request: { method: 'POST', path: pathOf(account), ...form } }];
}

const HIDE_METADATA = ['o:suppress-headers', 'X-Mailgun-Variables'] as const;
const TEST_MODE = ['o:testmode', 'yes'] as const;

function refused(answer: HttpAnswer, call: ProviderCall | undefined): Refusal {
  const { status, text } = answer;
  if (isGreeting(text)) {
    return { said: text, fault: { code: 'config', advice: 'Look at domain and endpoint of its URL.' } };
  }
  const message = textAt(jsonOf(answer), 'message');
  return { said: message, fault: message === undefined ? undefined : meaning(status, message, call) };
}

function meaning(status: number, message: string, call: ProviderCall | undefined): Fault | undefined {
  const isRecipients =
    (status === 400 && /^'?to'? parameter is not a valid address/i.test(message)) ||
    ((status === 400 || status === 403) && /authorized recipients/i.test(message));
  if (!isRecipients) return undefined;
  const rejected = (call?.recipients ?? []).map((address) => ({
    address,
    code: 'recipients-rejected' as const,
    retryable: false,
  }));
  return { code: 'recipients-rejected', retryable: false, rejected };
}
