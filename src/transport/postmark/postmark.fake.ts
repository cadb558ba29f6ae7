import { addressesIn, fieldAt, requestsIn } from '../http/fake/json-at.js';
import type { BatchFake, FakeAnswer, ProviderFake, ReceivedRequest } from '../http/fake/provider-fake.js';
import { listOf, mapOf, misfits, type Shape, text } from '../http/fake/shape.js';

const MAIL: Shape = {
  type: 'object',
  required: { From: text(/@/), Subject: text() },
  optional: {
    To: text(/@/),
    Cc: text(/@/),
    Bcc: text(/@/),
    ReplyTo: text(/@/),
    HtmlBody: text(/[^]/),
    TextBody: text(/[^]/),
    Headers: listOf(
      { type: 'object', required: { Name: text(/^[!-9;-~]+$/), Value: text(/^[\t -~]*$/) } },
      0,
    ),
    Attachments: listOf({
      type: 'object',
      required: { Name: text(/./), Content: text(), ContentType: text(/\//) },
      optional: { ContentID: text(/^cid:/) },
    }),
    Tag: text(/^.{1,1000}$/u),
    Metadata: mapOf(text()),
    MessageStream: text(/./),
    TrackOpens: { type: 'boolean' },
    TrackLinks: text(/^(?:None|HtmlAndText|HtmlOnly|TextOnly)$/),
  },
};

function recipientsOf({ body }: ReceivedRequest): readonly string[] {
  return ['To', 'Cc', 'Bcc'].flatMap((name) => addressesIn(fieldAt(body, name)));
}

function headerOf({ body }: ReceivedRequest, name: string): string | undefined {
  const headers = fieldAt(body, 'Headers');
  const each: readonly unknown[] = Array.isArray(headers) ? headers : [];
  const found = each.find((header) => fieldAt(header, 'Name') === name);
  const value = fieldAt(found, 'Value');
  return typeof value === 'string' ? value : undefined;
}

function problemsOf(request: ReceivedRequest): readonly string[] {
  const recipients = recipientsOf(request);
  const hasBody = ['HtmlBody', 'TextBody'].some((name) => fieldAt(request.body, name) !== undefined);
  return [
    ...misfits(request.body, MAIL),
    ...(recipients.length === 0 ? ['nobody is to get it'] : []),
    ...(recipients.length > 50 ? ['more than 50 are to get it'] : []),
    ...(hasBody ? [] : ['it has neither HtmlBody nor TextBody']),
  ];
}

const fault = (status: number, ErrorCode: number, Message: string): FakeAnswer => ({
  status,
  body: { ErrorCode, Message },
});

const accepted = (id: number, Message: string): FakeAnswer => ({
  status: 200,
  body: { SubmittedAt: '2026-11-28T01:00:00Z', MessageID: `pm-${id}`, ErrorCode: 0, Message },
});

/** If some are inactive, the success says so, in lower case; if all are, Postmark refuses the mail. */
function refusal(recipients: readonly string[], addresses: readonly string[], id: number): FakeAnswer {
  const list = addresses.map((address) => address.toLowerCase()).join(', ');
  const why = 'Inactive recipients are ones that have generated a hard bounce or a spam complaint.';
  if (recipients.every((address) => addresses.includes(address))) {
    return fault(422, 406, `You tried to send to recipients that are inactive: ${list}. ${why}`);
  }
  return accepted(id, `Message OK, but will not deliver to these inactive addresses: ${list}. ${why}`);
}

const batch: BatchFake = {
  most: 500,
  split: (request) => (request.path === '/email/batch' ? requestsIn(request) : undefined),
  isOfOne: ({ status, body }) =>
    (status === 200 || status === 422) && fieldAt(body, 'ErrorCode') !== undefined,
  join: (answers) => ({ status: 200, body: answers.map(({ body }) => body) }),
};

export const fake: ProviderFake = {
  key: 'test-token-of-nobody',
  isAuthorized: ({ headers }, key) => headers['x-postmark-server-token'] === key,
  isMail: ({ method, path }) => method === 'POST' && (path === '/email' || path === '/email/batch'),
  problemsOf,
  read: (request) => ({
    recipients: recipientsOf(request),
    messageId: headerOf(request, 'X-PM-KeepID') === 'true' ? headerOf(request, 'Message-ID') : undefined,
  }),
  success: (_mail, id) => accepted(id, 'OK'),
  refusal: ({ recipients }, addresses, id) => refusal(recipients, addresses, id),
  probe: ({ path }) =>
    path === '/server' ? { status: 200, body: { ID: 1, Name: 'test' } } : fault(404, 0, 'not found'),
  batch,
  invalid: (problems) => fault(422, 402, problems.join('; ')),
  errors: {
    unauthorized: fault(401, 10, 'No Account or Server API tokens were supplied or they are not valid.'),
    invalidTo: fault(422, 300, "Invalid 'To' address: 'ada@to.test'."),
    invalidFrom: fault(422, 300, "Invalid 'From' address: 'x'."),
    senderMissing: fault(422, 400, 'The sender signature is not defined.'),
    senderUnconfirmed: fault(422, 401, 'The sender signature is not confirmed.'),
    noCredits: fault(422, 405, 'Your account has run out of credits.'),
    allInactive: fault(422, 406, 'You tried to send to recipients that are inactive: ada@to.test.'),
    forbiddenFile: fault(422, 411, 'Forbidden attachment type.'),
    pending: fault(422, 412, 'Your account is pending approval.'),
    notApproved: fault(422, 413, 'Your account is not approved.'),
    noStream: fault(422, 1235, 'The stream does not exist.'),
    tooLarge: fault(413, 0, 'The message is too large.'),
    rateLimited: fault(429, 429, 'Too many requests.'),
    serverError: fault(500, 0, 'Internal error.'),
    unavailable: fault(503, 100, 'Maintenance.'),
  },
};
