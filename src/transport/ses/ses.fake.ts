import { fieldAt, textsAt } from '../http/fake/json-at.js';
import type { FakeAnswer, ProviderFake, ReceivedRequest } from '../http/fake/provider-fake.js';
import { ANY, listOf, misfits, type Shape, text } from '../http/fake/shape.js';

const PATH = '/v2/email/outbound-emails';

const TAG: Shape = {
  type: 'object',
  required: { Name: text(/^[A-Za-z0-9_-]{1,256}$/), Value: text(/^[A-Za-z0-9_-]{1,256}$/) },
};

const MAIL: Shape = {
  type: 'object',
  required: {
    Destination: { type: 'object', required: { ToAddresses: listOf(text(/@/), 1, 50) } },
    Content: {
      type: 'object',
      required: { Raw: { type: 'object', required: { Data: text(/^[A-Za-z0-9+/]+={0,2}$/) } } },
    },
  },
  optional: {
    FeedbackForwardingEmailAddress: text(/@/),
    ConfigurationSetName: text(/^[\w-]+$/),
    EmailTags: listOf(TAG),
    TenantName: text(/./),
    FromEmailAddressIdentityArn: text(/^arn:/),
    ListManagementOptions: ANY,
  },
};

function messageIdOf({ body }: ReceivedRequest): string | undefined {
  const data = fieldAt(fieldAt(fieldAt(body, 'Content'), 'Raw'), 'Data');
  const [head = ''] = Buffer.from(String(data), 'base64').toString('latin1').split('\r\n\r\n');
  return /^message-id:\s*(<[^>]*>)/im.exec(head)?.[1];
}

const fault = (status: number, type: string, message: string): FakeAnswer => ({
  status,
  headers: { 'x-amzn-errortype': type },
  body: { message },
});

/** It proves no signature, but looks whether there is one of the key. */
export const fake: ProviderFake = {
  key: 'AKIATESTOFNOBODY0000',
  authority: (key) => `${key}:secret-of-nobody@eu-west-1`,
  isAuthorized: ({ headers }, key) =>
    headers['authorization']?.includes(`Credential=${key}/`) === true &&
    headers['authorization'].includes('/ses/aws4_request'),
  isMail: ({ method, path }) => method === 'POST' && path === PATH,
  problemsOf: ({ body }) => misfits(body, MAIL),
  read: (request) => ({
    recipients: textsAt(fieldAt(fieldAt(request.body, 'Destination'), 'ToAddresses')),
    messageId: messageIdOf(request),
  }),
  success: (_mail, id) => ({ status: 200, body: { MessageId: `ses-${id}` } }),
  refusal: () => fault(400, 'BadRequestException', 'Illegal address'),
  probe: ({ path }) =>
    path === '/v2/email/account'
      ? fault(403, 'AccessDeniedException', 'not authorized to perform ses:GetAccount')
      : fault(404, 'NotFoundException', 'not found'),
  invalid: (problems) => fault(400, 'BadRequestException', problems.join('; ')),
  errors: {
    unauthorized: fault(
      403,
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ),
    badSignature: fault(403, 'InvalidSignatureException', 'Signature expired'),
    expiredToken: fault(403, 'ExpiredTokenException', 'The security token is expired'),
    incompleteSignature: fault(400, 'IncompleteSignature', 'The signature is not as it should be.'),
    requestExpired: fault(400, 'RequestExpired', 'The request is too old, or of the future.'),
    notAuthorized: fault(400, 'NotAuthorized', 'You do not have permission to perform this action.'),
    notAllowed: fault(403, 'AccessDeniedException', 'not authorized to perform ses:SendEmail'),
    senderUnverified: fault(400, 'MessageRejected', 'Email address is not verified.'),
    mailFromDomain: fault(400, 'MailFromDomainNotVerifiedException', 'The MAIL FROM domain is not verified'),
    paused: fault(400, 'SendingPausedException', 'Email sending is disabled'),
    suspended: fault(400, 'AccountSuspendedException', 'The account is suspended'),
    invalid: fault(400, 'BadRequestException', "Missing final '@domain'"),
    noConfigurationSet: fault(404, 'NotFoundException', 'Configuration set <x> does not exist'),
    rateLimited: fault(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.'),
    dailyQuota: fault(429, 'TooManyRequestsException', 'Daily message quota exceeded.'),
    limit: fault(400, 'LimitExceededException', 'Too many.'),
    tooLarge: fault(413, 'RequestEntityTooLargeException', 'Too large'),
    serverError: fault(500, 'InternalFailure', 'We encountered an error.'),
    unavailable: fault(503, 'ServiceUnavailable', 'Try later.'),
  },
};
