import { fieldAt, textsAt } from '../http/fake/json-at.js';
import type { FakeAnswer, ProviderFake, ReceivedRequest } from '../http/fake/provider-fake.js';

const DOMAIN = 'mg.example.test';

const KNOWN = /^(?:to|message|o:[\w-]+|v:.+)$/;

function problemsOf({ headers, body }: ReceivedRequest): readonly string[] {
  if (!headers['content-type']?.startsWith('multipart/form-data')) return ['it is no form'];
  const names = Object.keys(typeof body === 'object' && body !== null ? body : {});
  const tags = textsAt(fieldAt(body, 'o:tag'));
  return [
    ...names.filter((name) => !KNOWN.test(name)).map((name) => `${name} is not known`),
    ...(tags.length > 10 ? ['it has more than 10 tags'] : []),
    ...(textsAt(fieldAt(body, 'message')).length === 1 ? [] : ['it has not one message']),
    ...(textsAt(fieldAt(body, 'to')).length > 0 ? [] : ['to parameter is missing']),
  ];
}

function messageIdOf({ body }: ReceivedRequest): string | undefined {
  const [mime = ''] = textsAt(fieldAt(body, 'message'));
  const [head = ''] = mime.split('\r\n\r\n');
  return /^message-id:\s*(<[^>]*>)/im.exec(head)?.[1];
}

const fault = (status: number, message: string): FakeAnswer => ({ status, body: { message } });

export const fake: ProviderFake = {
  key: 'test-key-of-nobody',
  parameters: { domain: DOMAIN },
  isAuthorized: ({ headers }, key) =>
    headers['authorization'] === `Basic ${Buffer.from(`api:${key}`).toString('base64')}`,
  isMail: ({ method, path, body }) =>
    method === 'POST' &&
    path === `/v3/${DOMAIN}/messages.mime` &&
    textsAt(fieldAt(body, 'message')).length > 0,
  problemsOf,
  read: (request) => ({
    recipients: textsAt(fieldAt(request.body, 'to')),
    messageId: messageIdOf(request),
  }),
  success: (mail, id) => ({
    status: 200,
    body: { id: mail.messageId ?? `<${id}@${DOMAIN}>`, message: 'Queued. Thank you.' },
  }),
  refusal: () => fault(400, 'to parameter is not a valid address. please check documentation'),
  probe: ({ path }) =>
    path === `/v3/${DOMAIN}/messages.mime`
      ? fault(400, 'to parameter is missing')
      : { status: 200, body: 'Mailgun Magnificent API' },
  invalid: (problems) => fault(400, problems.join('; ')),
  errors: {
    unauthorized: { status: 401, body: 'Forbidden' },
    noDomain: fault(404, 'Domain not found: mg.example.test'),
    wrongPath: { status: 200, body: 'Mailgun Magnificent API' },
    invalidTo: fault(400, "'to' parameter is not a valid address. please check documentation"),
    invalidToPlain: fault(400, 'to parameter is not a valid address. please check documentation'),
    unauthorizedRecipient: fault(403, 'Add the address to your authorized recipients in Account Settings.'),
    invalid: fault(400, 'from parameter is missing'),
    unpaid: fault(402, 'Payment required'),
    tooLarge: fault(413, 'The message is too large'),
    rateLimited: fault(
      429,
      `Domain ${DOMAIN} is not allowed to send: account-requests-per-sec limit exceeded, try again after 120 seconds`,
    ),
    serverError: fault(500, 'Internal Server Error'),
  },
};
