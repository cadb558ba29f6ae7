import { createHash } from 'node:crypto';
import { addressesIn } from '../http/fake/json-at.js';
import type { FakeAnswer, ProviderFake, ReceivedRequest } from '../http/fake/provider-fake.js';

const USER = 'app@from.test';
const CLIENT = '22222222-3333-4444-8555-666666666666';
const PATH = `/v1.0/users/${encodeURIComponent(USER)}`;

const tokenOf = (key: string): string => createHash('sha256').update(key).digest('base64url');

const mimeOf = ({ body }: ReceivedRequest): string =>
  typeof body === 'string' ? Buffer.from(body, 'base64').toString() : '';

/** The value of a header, unfolded. */
function headerOf(request: ReceivedRequest, name: string): string | undefined {
  const [head = ''] = mimeOf(request).split('\r\n\r\n');
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  return lines.find((line) => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2);
}

const recipientsOf = (request: ReceivedRequest): readonly string[] =>
  ['to', 'cc', 'bcc'].flatMap((name) => addressesIn(headerOf(request, name)));

function problemsOf(request: ReceivedRequest): readonly string[] {
  const { headers, body } = request;
  const isBase64 = typeof body === 'string' && /^[A-Za-z0-9+/]+={0,2}$/.test(body);
  return [
    ...(headers['content-type'] === 'text/plain' ? [] : ['its type is not text/plain']),
    ...(isBase64 ? [] : ['its body is not base64 on one line']),
    ...(headerOf(request, 'from') === undefined ? ['it has no From'] : []),
    ...(recipientsOf(request).length > 0 ? [] : ['nobody is to get it']),
  ];
}

const fault = (status: number, code: string, message: string): FakeAnswer => ({
  status,
  body: { error: { code, message, innerError: { 'request-id': 'of-nobody' } } },
});

export const fake: ProviderFake = {
  key: 'client-secret-of-nobody',
  parameters: { tenant: 'tenant.test', user: USER },
  authority: (key) => `${CLIENT}:${key}@default`,
  tokens: {
    path: '/tenant.test/oauth2/v2.0/token',
    answer({ body }, key) {
      const form = new URLSearchParams(typeof body === 'string' ? body : '');
      const isKnown =
        form.get('grant_type') === 'client_credentials' &&
        form.get('client_id') === CLIENT &&
        form.get('client_secret') === key &&
        form.get('scope')?.endsWith('/.default') === true;
      return isKnown
        ? { status: 200, body: { token_type: 'Bearer', expires_in: 3599, access_token: tokenOf(key) } }
        : { status: 401, body: { error: 'invalid_client', error_description: 'Invalid client secret.' } };
    },
  },
  isAuthorized: ({ headers }, key) => headers['authorization'] === `Bearer ${tokenOf(key)}`,
  isMail: ({ method, path }) => method === 'POST' && path === `${PATH}/sendMail`,
  problemsOf,
  read: (request) => ({ recipients: recipientsOf(request), messageId: headerOf(request, 'message-id') }),
  success: (_mail, id) => ({ status: 202, headers: { 'request-id': `graph-${id}` } }),
  refusal: () => fault(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.'),
  probe: ({ path }) =>
    path.startsWith(`${PATH}/mailFolders`)
      ? fault(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
      : fault(404, 'ResourceNotFound', 'Resource could not be discovered.'),
  invalid: (problems) => fault(400, 'ErrorMimeContentInvalid', problems.join('; ')),
  errors: {
    unauthorized: fault(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.'),
    notAllowed: fault(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.'),
    notConsented: fault(403, 'Authorization_RequestDenied', 'Insufficient privileges.'),
    sendAsDenied: fault(
      403,
      'ErrorSendAsDenied',
      'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
    ),
    invalid: fault(400, 'ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.'),
    invalidTo: fault(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.'),
    noMailbox: fault(404, 'MailboxNotEnabledForRESTAPI', 'REST API is not yet supported for this mailbox.'),
    noUser: fault(404, 'ErrorInvalidUser', 'The requested user is invalid.'),
    blocked: fault(403, 'ErrorMessageSubmissionBlocked', 'The account may not send.'),
    limit: fault(400, 'ErrorExceededMessageLimit', 'Cannot send mail. The message limit was exceeded.'),
    tooLarge: fault(413, 'RequestEntityTooLarge', 'The request is too large.'),
    rateLimited: {
      ...fault(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.'),
      headers: { 'retry-after': '8' },
    },
    serverError: fault(500, 'ErrorInternalServerError', 'An internal server error occurred.'),
    unavailable: fault(503, 'ErrorServerBusy', 'The server is busy.'),
    gatewayTimeout: fault(504, 'UnknownError', ''),
  },
};
