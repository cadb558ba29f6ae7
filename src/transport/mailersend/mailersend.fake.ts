import { fieldAt, textsAt } from '../http/fake/json-at.js';
import type { FakeAnswer, ProviderFake, ReceivedRequest } from '../http/fake/provider-fake.js';
import { listOf, misfits, type Shape, text } from '../http/fake/shape.js';

const MAILBOX: Shape = { type: 'object', required: { email: text(/@/) }, optional: { name: text(/./) } };
const ID = text(/^<.+>$/);

const MAIL: Shape = {
  type: 'object',
  required: { from: MAILBOX, to: listOf(MAILBOX, 1, 50), subject: text(/[^]/) },
  optional: {
    cc: listOf(MAILBOX, 1, 10),
    bcc: listOf(MAILBOX, 1, 10),
    reply_to: MAILBOX,
    html: text(/[^]/),
    text: text(/[^]/),
    in_reply_to: ID,
    references: listOf(ID),
    list_unsubscribe: text(/./),
    headers: listOf({
      type: 'object',
      required: { name: text(/^[!-9;-~]+$/), value: text(/^[\t -~]*$/) },
    }),
    attachments: listOf({
      type: 'object',
      required: { filename: text(/./), content: text(), disposition: text(/^(?:inline|attachment)$/) },
      optional: { id: text(/./) },
    }),
    tags: listOf(text(/[^]/), 1, 5),
    send_at: { type: 'number' },
    precedence_bulk: { type: 'boolean' },
    settings: { type: 'any' },
  },
};

const LISTS = ['to', 'cc', 'bcc'];

const recipientsOf = ({ body }: ReceivedRequest): readonly string[] =>
  LISTS.flatMap((name) => textsAt(fieldAt(body, name), 'email'));

function problemsOf({ body }: ReceivedRequest): readonly string[] {
  const hasBody = ['html', 'text'].some((name) => fieldAt(body, name) !== undefined);
  return [...misfits(body, MAIL), ...(hasBody ? [] : ['it has neither html nor text'])];
}

const fault = (status: number, message: string, errors?: object): FakeAnswer => ({
  status,
  body: { message, ...(errors && { errors }) },
});

const INVALID = 'The given data was invalid.';

/** A success names suppressed recipients; without any other it sends nothing. */
function suppression(addresses: readonly string[], id: number | undefined): FakeAnswer {
  return {
    status: 202,
    headers: id === undefined ? {} : { 'x-message-id': `ms-${id}` },
    body: {
      message: 'There are some warnings for your request.',
      warnings: [
        {
          type: id === undefined ? 'ALL_SUPPRESSED' : 'SOME_SUPPRESSED',
          warning: 'Some of the recipients have been suppressed.',
          recipients: addresses.map((email) => ({ email, name: '', reason: ['hard_bounced'] })),
        },
      ],
    },
  };
}

export const fake: ProviderFake = {
  key: 'mlsn.key-of-nobody',
  isAuthorized: ({ headers }, key) => headers['authorization'] === `Bearer ${key}`,
  isMail: ({ method, path }) => method === 'POST' && path === '/v1/email',
  problemsOf,
  read: (request) => ({ recipients: recipientsOf(request), messageId: undefined }),
  success: (_mail, id) => ({ status: 202, headers: { 'x-message-id': `ms-${id}` } }),
  refusal({ recipients }, addresses, id) {
    const isAll = recipients.every((address) => addresses.includes(address));
    return suppression(addresses, isAll ? undefined : id);
  },
  probe: ({ path }) =>
    path === '/v1/api-quota'
      ? fault(403, 'This action is unauthorized. #MS40301')
      : fault(404, 'Resource not found.'),
  invalid: (problems) => fault(422, INVALID, { body: problems }),
  errors: {
    unauthorized: fault(401, 'Unauthenticated.'),
    forbidden: fault(403, 'This action is unauthorized. #MS40301'),
    invalid: fault(422, INVALID, { subject: ['The subject field is too long.'] }),
    invalidTo: fault(422, INVALID, { 'to.0.email': ['The to.0.email must be a valid email address.'] }),
    invalidToAndMore: fault(422, INVALID, {
      'to.0.email': ['The to.0.email must be a valid email address.'],
      subject: ['The subject field is too long.'],
    }),
    allSuppressed: suppression(['ada@to.test'], undefined),
    senderUnverified: fault(422, INVALID, {
      'from.email': ['The from.email domain must be verified in your account to send emails. #MS42207'],
    }),
    wrongPath: fault(404, 'Resource not found.'),
    wrongMethod: fault(405, 'Method not allowed.'),
    tooLarge: fault(413, 'The request is too large.'),
    maintenance: fault(421, 'The service is under maintenance.'),
    rateLimited: { ...fault(429, 'Too Many Attempts. #MS42903'), headers: { 'retry-after': '6' } },
    dailyQuota: { ...fault(429, 'Your API quota is used up. #MS42901'), headers: { 'retry-after': '60' } },
    serverError: fault(500, 'Server Error'),
    unavailable: fault(503, 'Service Unavailable'),
  },
};
