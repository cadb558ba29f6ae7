import type { RenderedMessage } from '../../message/message.js';
import { composeMime } from '../../mime/compose-mime.js';
import { addressees } from '../http/addressees.js';
import {
  asciiLocalParts,
  atMostBytes,
  atMostRecipients,
  knownOptions,
  noMetadata,
  noTags,
  ownBounceAddress,
} from '../http/field-rules.js';
import { type HttpAnswer, jsonOf, textAt } from '../http/http-answer.js';
import { type Fault, LONG_PAUSE } from '../http/http-fault.js';
import type { Account, FieldRule, Provider, ProviderCall, Refusal } from '../http/provider.js';
import { namedRecipients } from '../http/recipient-faults.js';

/** A request has at most 4 MB: 3 MB in base64, less what headers and line ends need. */
const LIMITS = { recipients: 500, bytes: 2_900_000 };
/** The token endpoint of a tenant. */
const LOGIN = 'https://login.microsoftonline.com';

const noReports: FieldRule = ({ envelope }) =>
  envelope.dsn && { field: 'dsn', reason: 'it reports no deliveries. Leave dsn out, or send by SMTP' };

const mailboxPath = ({ user = '' }: Account): string => `/v1.0/users/${encodeURIComponent(user)}`;

/** Microsoft Graph's action for finished messages: all of a mail is as over SMTP, except for the envelope. */
export const graph: Provider = {
  rules: [
    ownBounceAddress,
    noReports,
    asciiLocalParts,
    noTags,
    noMetadata,
    atMostRecipients(LIMITS.recipients),
    atMostBytes(LIMITS.bytes, '3 MB'),
    knownOptions('graph', []),
  ],
  headers: () => ({}),
  tokenGrant: ({ key, endpoint, tenant = '', tokenUrl }) => ({
    type: 'client-credentials',
    clientId: key.slice(0, key.indexOf(':')),
    clientSecret: key.slice(key.indexOf(':') + 1),
    tokenUrl: tokenUrl ?? `${LOGIN}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
    scope: `${endpoint}/.default`,
  }),
  calls: async (message, account) => [await call(message, account)],
  accepted: ({ headers }) => ({ providerId: headers.get('request-id') ?? undefined }),
  refused,
  probe: {
    request: (account) => ({ method: 'GET', path: `${mailboxPath(account)}/mailFolders?$top=1` }),
    // 403: an application that may send and nothing else.
    isGood: ({ status }) => status === 200 || status === 403,
  },
};

/** Graph knows no envelope: it takes the recipients from the headers, and removes Bcc. */
async function call(message: RenderedMessage, account: Account): Promise<ProviderCall> {
  const { to, cc, bcc } = addressees(message);
  const mime = await composeMime({ ...message, to, cc }, bcc);
  return {
    recipients: message.envelope.to,
    request: {
      method: 'POST',
      path: `${mailboxPath(account)}/sendMail`,
      headers: { 'content-type': 'text/plain' },
      body: mime.toString('base64'),
    },
  };
}

const MAILBOX: Fault = { code: 'config', advice: 'Look at user and tenant of its URL.' };
const BLOCKED: Fault = {
  code: 'rate-limited',
  retryAfterMs: LONG_PAUSE,
  advice: 'The mailbox may send no more for now: look at its limits in Exchange.',
};
const PERMISSION: Fault = {
  code: 'authentication',
  advice:
    'An administrator has to grant Mail.Send to the application. Look at its permissions, and at the mailboxes that it may use.',
};

/** error.code → meaning, where the status says too little or is misleading; assumed where no page says it. */
const BY_CODE: Readonly<Record<string, Fault>> = {
  ErrorAccessDenied: PERMISSION,
  Authorization_RequestDenied: PERMISSION,
  ErrorSendAsDenied: {
    code: 'message-rejected',
    advice: 'Let the mailbox of the URL send as this sender, or send as the mailbox.',
  },
  MailboxNotEnabledForRESTAPI: MAILBOX,
  ErrorInvalidUser: MAILBOX,
  ErrorNonExistentMailbox: MAILBOX,
  ResourceNotFound: MAILBOX,
  Request_ResourceNotFound: MAILBOX,
  ErrorExceededMessageLimit: BLOCKED,
  ErrorMessageSubmissionBlocked: BLOCKED,
  ErrorQuotaExceeded: BLOCKED,
};

function refused(answer: HttpAnswer, call: ProviderCall | undefined): Refusal {
  const json = jsonOf(answer);
  const code = textAt(json, 'error', 'code') ?? '';
  const message = textAt(json, 'error', 'message');
  if (code === '' && message === undefined) return {};
  const said = [message, code === '' ? undefined : `(${code})`].filter(Boolean).join(' ');
  // Graph does not say which recipient it means.
  const only = call?.recipients.length === 1 ? call.recipients : [];
  const named = code === 'ErrorInvalidRecipients' ? namedRecipients(only, call) : undefined;
  return { said, fault: Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : named };
}
