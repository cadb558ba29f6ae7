import { fieldAt, textsAt } from '../http/fake/json-at.js';
import type { FakeAnswer, ProviderFake, ReceivedRequest } from '../http/fake/provider-fake.js';
import { listOf, mapOf, misfits, type Shape, text } from '../http/fake/shape.js';

const MAILBOX: Shape = {
  type: 'object',
  required: { email: text(/@/) },
  optional: { name: text(/^[ -~]+$/) },
};

const MAIL: Shape = {
  type: 'object',
  required: {
    sender: MAILBOX,
    to: listOf(MAILBOX, 1, 99),
    subject: text(/[^]/),
    htmlContent: text(/[^]/),
    headers: mapOf(text(/^[\t -~]*$/)),
  },
  optional: {
    cc: listOf(MAILBOX, 1, 99),
    bcc: listOf(MAILBOX, 1, 99),
    replyTo: MAILBOX,
    textContent: text(/[^]/),
    attachment: listOf({ type: 'object', required: { name: text(/^[ -~]+\.\w+$/), content: text() } }),
    tags: listOf(text(/[^]/)),
    scheduledAt: text(/^\d{4}-/),
    batchId: text(/./),
  },
};

const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

function recipientsOf({ body }: ReceivedRequest): readonly string[] {
  return ['to', 'cc', 'bcc'].flatMap((name) => textsAt(fieldAt(body, name), 'email'));
}

function problemsOf({ body }: ReceivedRequest): readonly string[] {
  const hasKey = UUID.test(String(fieldAt(fieldAt(body, 'headers'), 'idempotencyKey')));
  return [...misfits(body, MAIL), ...(hasKey ? [] : ['headers.idempotencyKey is no UUID'])];
}

const fault = (status: number, code: string, message: string): FakeAnswer => ({
  status,
  body: { code, message },
});

export const fake: ProviderFake = {
  key: 'xkeysib-of-nobody',
  isAuthorized: ({ headers }, key) => headers['api-key'] === key,
  isMail: ({ method, path }) => method === 'POST' && path === '/v3/smtp/email',
  problemsOf,
  read: (request) => ({ recipients: recipientsOf(request), messageId: undefined }),
  success: (_mail, id) => ({ status: 201, body: { messageId: `<brevo-${id}@smtp-relay.mailin.fr>` } }),
  refusal: () => fault(400, 'invalid_parameter', 'email is not valid in to'),
  probe: ({ path }) =>
    path === '/v3/account'
      ? fault(403, 'permission_denied', 'This key may not do that.')
      : fault(404, 'document_not_found', 'not found'),
  invalid: (problems) => fault(400, 'invalid_parameter', problems.join('; ')),
  errors: {
    unauthorized: fault(401, 'unauthorized', 'Key not found'),
    notAllowed: fault(403, 'permission_denied', 'This key may not send.'),
    underValidation: fault(403, 'account_under_validation', 'Your account is under validation.'),
    noCredits: fault(402, 'not_enough_credits', 'You have no credits left.'),
    invalid: fault(400, 'invalid_parameter', 'valid sender email required'),
    missing: fault(400, 'missing_parameter', 'subject is missing'),
    duplicate: fault(409, 'duplicate_request', 'The same key is in use.'),
    wrongPath: fault(404, 'document_not_found', 'not found'),
    tooLarge: fault(413, 'invalid_parameter', 'The request is too large.'),
    rateLimited: {
      ...fault(429, 'too_many_requests', 'Too many requests.'),
      headers: { 'x-sib-ratelimit-reset': '4' },
    },
    serverError: fault(500, 'internal_error', 'Something went wrong.'),
  },
};
