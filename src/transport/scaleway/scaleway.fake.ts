import { fieldAt, textsAt } from '../http/fake/json-at.js';
import type { FakeAnswer, ProviderFake, ReceivedMail, ReceivedRequest } from '../http/fake/provider-fake.js';
import { listOf, misfits, type Shape, text } from '../http/fake/shape.js';

const PROJECT = '11111111-2222-4333-8444-555555555555';
const PATH = '/transactional-email/v1alpha1/regions/fr-par/emails';
const MAILBOX: Shape = { type: 'object', required: { email: text(/@/) }, optional: { name: text(/./) } };

const MAIL: Shape = {
  type: 'object',
  required: {
    project_id: text(new RegExp(`^${PROJECT}$`)),
    from: MAILBOX,
    to: listOf(MAILBOX),
    subject: text(/[^]{6}/),
  },
  optional: {
    cc: listOf(MAILBOX),
    bcc: listOf(MAILBOX),
    text: text(/[^]/),
    html: text(/[^]/),
    additional_headers: listOf({
      type: 'object',
      required: { key: text(/^[!-9;-~]+$/), value: text(/^[\t -~]*$/) },
    }),
    attachments: listOf({
      type: 'object',
      required: { name: text(/./), type: text(/^[^;]+\/[^;]+$/), content: text() },
    }),
    send_before: text(/^\d{4}-/),
  },
};

const LISTS = ['to', 'cc', 'bcc'];

const recipientsOf = ({ body }: ReceivedRequest): readonly string[] =>
  LISTS.flatMap((name) => textsAt(fieldAt(body, name), 'email'));

function problemsOf({ body }: ReceivedRequest): readonly string[] {
  const hasBody = ['html', 'text'].some((name) => fieldAt(body, name) !== undefined);
  return [...misfits(body, MAIL), ...(hasBody ? [] : ['it has neither html nor text'])];
}

const fault = (status: number, type: string, message: string, more: object = {}): FakeAnswer => ({
  status,
  body: { type, message, ...more },
});

const invalid = (...names: readonly string[]): FakeAnswer =>
  fault(400, 'invalid_arguments', 'invalid argument(s)', {
    details: names.map((name) => ({ argument_name: name, reason: 'format', help_message: '' })),
  });

const taken = ({ recipients }: ReceivedMail, failed: readonly string[], id: number): FakeAnswer => ({
  status: 200,
  body: {
    emails: recipients.map((address, index) => ({
      id: `scw-${id}-${index}`,
      message_id: `<${id}.${index}@tem.scaleway.test>`,
      mail_rcpt: address,
      status: failed.includes(address) ? 'failed' : 'sending',
    })),
  },
});

export const fake: ProviderFake = {
  key: 'secret-key-of-nobody',
  parameters: { project: PROJECT },
  isAuthorized: ({ headers }, key) => headers['x-auth-token'] === key,
  isMail: ({ method, path }) => method === 'POST' && path === PATH,
  problemsOf,
  read: (request) => ({ recipients: recipientsOf(request), messageId: undefined }),
  success: (mail, id) => taken(mail, [], id),
  refusal: (mail, addresses, id) => taken(mail, addresses, id),
  probe: ({ path }) =>
    path.startsWith(`${PATH}?`)
      ? fault(403, 'permissions_denied', 'insufficient permissions')
      : fault(404, 'unknown_resource', 'resource is not found'),
  invalid: (problems) => invalid(...problems),
  errors: {
    unauthorized: fault(401, 'denied_authentication', 'authentication is denied', {
      method: 'api_key',
      reason: 'not_found',
    }),
    notAllowed: fault(403, 'permissions_denied', 'insufficient permissions', {
      details: [{ action: 'write', resource: 'email' }],
    }),
    quota: fault(403, 'quotas_exceeded', 'quota(s) exceeded', { details: [{ resource: 'emails' }] }),
    invalid: invalid('subject'),
    invalidTo: invalid('to.0.email'),
    invalidToAndMore: invalid('to.0.email', 'subject'),
    precondition: fault(412, 'precondition_failed', 'The domain of the sender is not checked.'),
    wrongPath: fault(404, 'unknown_resource', 'resource is not found'),
    tooLarge: fault(413, 'invalid_arguments', 'The email is too large.'),
    rateLimited: fault(429, 'too_many_requests', 'too many requests'),
    serverError: fault(500, 'internal', 'internal error'),
    unavailable: fault(503, 'transient_state', 'unavailable'),
  },
};
