import { fieldAt, textsAt, withBody } from '../http/fake/json-at.js';
import type { BatchFake, FakeAnswer, ProviderFake, ReceivedRequest } from '../http/fake/provider-fake.js';
import { listOf, mapOf, misfits, type Shape, text } from '../http/fake/shape.js';

const MAILBOX: Shape = { type: 'object', required: { Email: text(/@/) }, optional: { Name: text(/./) } };
const FILE = { ContentType: text(/\//), Filename: text(/./), Base64Content: text() };
const TRACKING = text(/^(?:account_default|disabled|enabled)$/);

const MAIL: Shape = {
  type: 'object',
  required: { From: MAILBOX, To: listOf(MAILBOX, 1, 50), Subject: text() },
  optional: {
    Sender: MAILBOX,
    Cc: listOf(MAILBOX, 1, 50),
    Bcc: listOf(MAILBOX, 1, 50),
    ReplyTo: MAILBOX,
    TextPart: text(/[^]/),
    HTMLPart: text(/[^]/),
    Headers: mapOf(text(/^[\t -~]*$/)),
    Attachments: listOf({ type: 'object', required: FILE }, 1, 50),
    InlinedAttachments: listOf({ type: 'object', required: { ...FILE, ContentID: text(/./) } }, 1, 50),
    CustomCampaign: text(/./),
    EventPayload: text(/./),
    CustomID: text(/./),
    DeduplicateCampaign: { type: 'boolean' },
    Priority: { type: 'number' },
    TrackOpens: TRACKING,
    TrackClicks: TRACKING,
    URLTags: text(/./),
  },
};

const REQUEST: Shape = {
  type: 'object',
  required: { Messages: listOf(MAIL, 1, 1) },
  optional: { SandboxMode: { type: 'boolean' } },
};

const LISTS = ['To', 'Cc', 'Bcc'];

function mailsOf({ body }: ReceivedRequest): readonly unknown[] {
  const mails = fieldAt(body, 'Messages');
  return Array.isArray(mails) ? mails : [];
}

function recipientsOf(request: ReceivedRequest): readonly string[] {
  const [mail] = mailsOf(request);
  return LISTS.flatMap((name) => textsAt(fieldAt(mail, name), 'Email'));
}

function problemsOf(request: ReceivedRequest): readonly string[] {
  const [mail] = mailsOf(request);
  const hasBody = ['TextPart', 'HTMLPart'].some((name) => fieldAt(mail, name) !== undefined);
  return [...misfits(request.body, REQUEST), ...(hasBody ? [] : ['it has neither TextPart nor HTMLPart'])];
}

/** Texts, because ids are above 2^53. */
const json = (status: number, body: string): FakeAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body,
});

const errorOf = (StatusCode: number, ErrorCode: string, ErrorMessage: string, ErrorRelatedTo?: string[]) => ({
  ErrorIdentifier: 'f987008f-251a-4dff-8ffc-40f1583ad7bc',
  ErrorCode,
  StatusCode,
  ErrorMessage,
  ...(ErrorRelatedTo && { ErrorRelatedTo }),
});

const whole = (status: number, code: string, message: string): FakeAnswer =>
  json(status, JSON.stringify(errorOf(status, code, message)));

const HEAD = '{"Messages":[';
const END = ']}';

const ofOne = (status: number, ...errors: ReadonlyArray<ReturnType<typeof errorOf>>): FakeAnswer =>
  json(status, `${HEAD}${JSON.stringify({ Status: 'error', Errors: errors })}${END}`);

function taken(request: ReceivedRequest, id: number): FakeAnswer {
  const isSandbox = fieldAt(request.body, 'SandboxMode') === true;
  const messageId = isSandbox ? 0n : 1_152_921_500_000_000_000n + BigInt(id);
  const lists = LISTS.map((name) => {
    const those = textsAt(fieldAt(mailsOf(request)[0], name), 'Email').map(
      (address) => `{"Email":${JSON.stringify(address)},"MessageUUID":"","MessageID":${messageId}}`,
    );
    return `"${name}":[${those.join(',')}]`;
  });
  return json(200, `${HEAD}{"Status":"success","CustomID":"",${lists.join(',')}}${END}`);
}

/** Names the places of the addresses in the request. */
function refusal(request: ReceivedRequest, addresses: readonly string[]): FakeAnswer {
  const [mail] = mailsOf(request);
  const errors = LISTS.flatMap((name) =>
    textsAt(fieldAt(mail, name), 'Email').flatMap((address, index) =>
      addresses.includes(address)
        ? [errorOf(400, 'mj-0013', `"${address}" is an invalid email address.`, [`${name}[${index}].Email`])]
        : [],
    ),
  );
  return ofOne(400, ...errors);
}

const isOfOne = ({ body }: FakeAnswer): boolean => typeof body === 'string' && body.startsWith(HEAD);

const itemIn = ({ body }: FakeAnswer): string =>
  typeof body === 'string' ? body.slice(HEAD.length, -END.length) : '{}';

const batch: BatchFake = {
  most: 50,
  split(request) {
    const mails = mailsOf(request);
    const others = typeof request.body === 'object' ? request.body : {};
    return mails.length > 1
      ? mails.map((mail) => withBody(request, Object.assign({}, others, { Messages: [mail] })))
      : undefined;
  },
  isOfOne,
  join: (answers) =>
    json(
      answers.every(({ status }) => status === 200) ? 200 : 400,
      `${HEAD}${answers.map(itemIn).join(',')}${END}`,
    ),
};

export const fake: ProviderFake = {
  key: 'secret-key-of-nobody',
  authority: (key) => `public-key-of-nobody:${key}@default`,
  isAuthorized: ({ headers }, key) =>
    headers['authorization'] === `Basic ${Buffer.from(`public-key-of-nobody:${key}`).toString('base64')}`,
  isMail: (request) =>
    request.method === 'POST' && request.path === '/v3.1/send' && mailsOf(request).length > 0,
  problemsOf,
  read: (request) => ({ recipients: recipientsOf(request), messageId: undefined }),
  success: ({ request }, id) => taken(request, id),
  refusal: ({ request }, addresses) => refusal(request, addresses),
  probe: ({ path }) =>
    path === '/v3.1/send'
      ? whole(400, 'mj-0007', 'Messages must not be empty.')
      : whole(404, 'mj-0000', 'Resource not found'),
  batch,
  invalid: (problems) => ofOne(400, errorOf(400, 'mj-0004', problems.join('; '))),
  errors: {
    unauthorized: whole(401, 'mj-0015', 'API key authentication/authorization failure.'),
    suspended: whole(401, 'mj-0001', 'The API key is suspended.'),
    forbidden: whole(403, 'mj-0016', 'This key may not do that.'),
    malformed: whole(400, 'mj-0002', 'Malformed JSON, please review the syntax and properties types.'),
    invalid: ofOne(400, errorOf(400, 'mj-0006', 'Subject is too long.', ['Subject'])),
    invalidTo: ofOne(
      400,
      errorOf(400, 'mj-0013', '"ada@to.test" is an invalid email address.', ['To[0].Email']),
    ),
    // With more than one, something else may be wrong as well.
    invalidToAndMore: ofOne(
      400,
      errorOf(400, 'mj-0013', '"ada@to.test" is an invalid email address.', ['To[0].Email']),
      errorOf(400, 'mj-0006', 'Subject is too long.', ['Subject']),
    ),
    invalidWithSuccess: ofOne(200, errorOf(400, 'mj-0006', 'Subject is too long.', ['Subject'])),
    senderUnverified: ofOne(
      403,
      errorOf(
        403,
        'send-0008',
        '"hello@from.test" is not an authorized sender email address for your account.',
        ['From'],
      ),
    ),
    senderNotAllowed: ofOne(403, errorOf(403, 'send-0006', 'This key may not use Sender.', ['Sender'])),
    mailForbidden: ofOne(403, errorOf(403, 'send-0099', 'The mail may not say so.', ['URLTags'])),
    wrongPath: whole(404, 'mj-0000', 'Resource not found'),
    tooLarge: whole(413, 'mj-0011', 'The payload is too large.'),
    rateLimited: { status: 429, headers: { 'content-type': 'text/html' }, body: 'Rate limit exceeded' },
    serverError: whole(500, 'mj-0000', 'Internal error.'),
  },
};
