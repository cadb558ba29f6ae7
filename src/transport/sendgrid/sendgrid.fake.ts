import { fieldAt, textsAt } from '../http/fake/json-at.js';
import type { FakeAnswer, ProviderFake, ReceivedRequest } from '../http/fake/provider-fake.js';
import { ANY, listOf, mapOf, misfits, type Shape, text } from '../http/fake/shape.js';

const MAILBOX: Shape = {
  type: 'object',
  required: { email: text(/^[^\s@]+@[^\s@]+$/) },
  optional: { name: text() },
};

const MAIL: Shape = {
  type: 'object',
  required: {
    personalizations: listOf({
      type: 'object',
      required: { to: listOf(MAILBOX) },
      optional: { cc: listOf(MAILBOX), bcc: listOf(MAILBOX), custom_args: mapOf(text()) },
    }),
    from: MAILBOX,
    subject: text(/./),
    content: listOf({ type: 'object', required: { type: text(/./), value: text(/[^]/) } }),
  },
  optional: {
    reply_to_list: listOf(MAILBOX),
    headers: mapOf(text(/^[\t -~]*$/)),
    attachments: listOf({
      type: 'object',
      required: { content: text(/./), filename: text(/^[^;\r\n]+$/) },
      optional: {
        type: text(/^[^;\r\n]+$/),
        disposition: text(/^(?:inline|attachment)$/),
        content_id: text(),
      },
    }),
    categories: listOf(text(/^.{1,255}$/u), 1, 10),
    asm: ANY,
    batch_id: text(),
    ip_pool_name: text(),
    mail_settings: ANY,
    send_at: { type: 'number' },
    tracking_settings: ANY,
  },
};

/** SendGrid refuses a recipient that appears twice in a request. */
function repetitions(request: ReceivedRequest): readonly string[] {
  const all = recipientsOf(request);
  return all.length === new Set(all).size ? [] : ['a recipient stands twice'];
}

function recipientsOf({ body }: ReceivedRequest): readonly string[] {
  const personalizations = fieldAt(body, 'personalizations');
  const each: readonly unknown[] = Array.isArray(personalizations) ? personalizations : [];
  return each.flatMap((one) => ['to', 'cc', 'bcc'].flatMap((name) => textsAt(fieldAt(one, name), 'email')));
}

/** Path of a recipient in a request, as SendGrid writes it. */
function placeOf({ body }: ReceivedRequest, address: string): string {
  const personalizations = fieldAt(body, 'personalizations');
  const each: readonly unknown[] = Array.isArray(personalizations) ? personalizations : [];
  for (const [index, one] of each.entries()) {
    for (const name of ['to', 'cc', 'bcc']) {
      const place = textsAt(fieldAt(one, name), 'email').indexOf(address);
      if (place >= 0) return `personalizations.${index}.${name}.${place}.email`;
    }
  }
  return 'personalizations';
}

const fault = (status: number, message: string, field: string | null = null): FakeAnswer => ({
  status,
  body: { errors: [{ message, field, help: null }] },
});

export const fake: ProviderFake = {
  key: 'SG.test-key.of-nobody',
  isAuthorized: ({ headers }, key) => headers['authorization'] === `Bearer ${key}`,
  isMail: ({ method, path }) => method === 'POST' && path === '/v3/mail/send',
  problemsOf: (request) => [...misfits(request.body, MAIL), ...repetitions(request)],
  read: (request) => ({
    recipients: recipientsOf(request),
    messageId: textOrNothing(fieldAt(fieldAt(request.body, 'headers'), 'Message-ID')),
  }),
  success: (_mail, id) => ({ status: 202, headers: { 'x-message-id': `sg-${id}` } }),
  refusal: ({ request }, [first = '']) =>
    fault(400, 'Does not contain a valid address.', placeOf(request, first)),
  probe: ({ path }) =>
    path === '/v3/scopes' ? { status: 200, body: { scopes: ['mail.send'] } } : fault(404, 'not found'),
  invalid: (problems) => fault(400, problems.join('; ')),
  errors: {
    unauthorized: fault(401, 'The provided authorization grant is invalid, expired, or revoked'),
    forbidden: fault(403, 'access forbidden'),
    senderUnverified: fault(403, 'The from address does not match a verified Sender Identity.', 'from'),
    creditsExceeded: fault(401, 'Maximum credits exceeded'),
    invalid: fault(400, 'Bad Request', 'null'),
    tooLarge: fault(413, 'The content is too large.'),
    wrongRegion: fault(451, 'Use the address of your region.'),
    rateLimited: { ...fault(429, 'too many requests'), headers: { 'x-ratelimit-reset': '7' } },
    serverError: fault(500, 'internal error'),
    badGateway: fault(502, 'bad gateway'),
    unavailable: fault(503, 'service unavailable'),
    gatewayTimeout: fault(504, 'gateway timeout'),
  },
};

const textOrNothing = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
