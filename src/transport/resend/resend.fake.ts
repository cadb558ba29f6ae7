import { addressesIn, fieldAt, requestsIn, textsAt } from '../http/fake/json-at.js';
import type { BatchFake, FakeAnswer, ProviderFake, ReceivedRequest } from '../http/fake/provider-fake.js';
import { listOf, mapOf, misfits, type Shape, text } from '../http/fake/shape.js';

const MAILBOXES = listOf(text(/@/), 1, 50);

const MAIL: Shape = {
  type: 'object',
  required: { from: text(/@/), to: MAILBOXES, subject: text() },
  optional: {
    cc: MAILBOXES,
    bcc: MAILBOXES,
    reply_to: MAILBOXES,
    html: text(/[^]/),
    text: text(/[^]/),
    headers: mapOf(text(/^[\t -~]*$/)),
    attachments: listOf({
      type: 'object',
      required: { filename: text(/./), content: text() },
      optional: { content_type: text(/\//), content_id: text() },
    }),
    tags: listOf({
      type: 'object',
      required: { name: text(/^[A-Za-z0-9_-]{1,256}$/), value: text(/^[A-Za-z0-9_-]{1,256}$/) },
    }),
    scheduled_at: text(/^\d{4}-/),
    topic_id: text(),
  },
};

function recipientsOf({ body }: ReceivedRequest): readonly string[] {
  return ['to', 'cc', 'bcc'].flatMap((name) => textsAt(fieldAt(body, name)).flatMap(addressesIn));
}

const BATCH_PATH = '/emails/batch';
const NOT_IN_BATCHES = ['attachments', 'scheduled_at'];

function problemsOf(request: ReceivedRequest): readonly string[] {
  const problems = misfits(request.body, MAIL);
  return [...problems, ...(request.path === BATCH_PATH ? inBatch(request) : alone(request))];
}

function inBatch({ body, headers }: ReceivedRequest): readonly string[] {
  const unknown = NOT_IN_BATCHES.filter((name) => fieldAt(body, name) !== undefined);
  return [
    ...unknown.map((name) => `a batch takes no ${name}`),
    ...(headers['x-batch-validation'] === 'permissive' ? [] : ['one bad mail would stop the others']),
  ];
}

function alone(request: ReceivedRequest): readonly string[] {
  const hasKey = /^.{1,256}$/.test(request.headers['idempotency-key'] ?? '');
  return hasKey ? [] : ['it has no Idempotency-Key'];
}

const fault = (statusCode: number, name: string, message: string): FakeAnswer => ({
  status: statusCode,
  body: { statusCode, name, message },
});

/** Names of errors that concern one mail of a batch. */
const OF_ONE: ReadonlySet<unknown> = new Set(['validation_error', 'missing_required_field']);

const batch: BatchFake = {
  most: 100,
  split: (request) => (request.path === BATCH_PATH ? requestsIn(request) : undefined),
  isOfOne: ({ status, body }) =>
    status === 200 || ((status === 400 || status === 422) && OF_ONE.has(fieldAt(body, 'name'))),
  join: (answers) => ({
    status: 200,
    body: {
      data: answers.filter(({ status }) => status === 200).map(({ body }) => body),
      errors: answers.flatMap(({ status, body }, index) =>
        status === 200 ? [] : [{ index, message: fieldAt(body, 'message') }],
      ),
    },
  }),
};

export const fake: ProviderFake = {
  key: 're_test_key_of_nobody',
  isAuthorized: ({ headers }, key) => headers['authorization'] === `Bearer ${key}`,
  isMail: ({ method, path }) => method === 'POST' && (path === '/emails' || path === BATCH_PATH),
  problemsOf,
  read: (request) => ({ recipients: recipientsOf(request), messageId: undefined }),
  success: (_mail, id) => ({ status: 200, body: { id: `re-${id}` } }),
  refusal: (_mail, [first = '']) => fault(422, 'validation_error', `Invalid \`to\` field: ${first}`),
  probe: ({ path }) =>
    path === '/domains'
      ? fault(401, 'restricted_api_key', 'This API key is restricted to only send emails')
      : fault(404, 'not_found', 'not found'),
  batch,
  invalid: (problems) => fault(422, 'validation_error', problems.join('; ')),
  errors: {
    unauthorized: fault(401, 'validation_error', 'API key is invalid'),
    missingKey: fault(401, 'missing_api_key', 'Missing API key in the authorization header.'),
    senderUnverified: fault(403, 'validation_error', 'The from.test domain is not verified.'),
    invalid: fault(422, 'missing_required_field', 'Missing `subject`.'),
    otherBody: fault(409, 'invalid_idempotent_request', 'The same key with another body.'),
    underWay: fault(409, 'concurrent_idempotent_requests', 'The same key is in use.'),
    badKey: fault(400, 'invalid_idempotency_key', 'The key is too long.'),
    dailyQuota: fault(429, 'daily_quota_exceeded', 'You have reached your daily quota.'),
    monthlyQuota: fault(429, 'monthly_quota_exceeded', 'You have reached your monthly quota.'),
    rateLimited: {
      ...fault(429, 'rate_limit_exceeded', 'Too many requests.'),
      headers: { 'retry-after': '3' },
    },
    security: fault(451, 'security_error', 'We may have found a security issue.'),
    serverError: fault(500, 'internal_server_error', 'Something went wrong.'),
  },
};
