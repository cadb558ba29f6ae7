import type { ProviderAnswer } from 'nest-mailroom/testing';
import { MailError } from '../../../src/errors/mail-error.js';
import { BATCHING, inCompany } from '../../support/company.js';
import {
  NAMES,
  plainMessage,
  type Provided,
  TITLES,
  transportOf,
  withProvider,
} from '../../support/provider-transport.js';

const HOUR = 3_600_000;
const never = new AbortController().signal;

/** The meaning of an answer, in a line. */
type Expected = readonly [
  code: string,
  retryable: boolean,
  scope: string,
  outcome: string,
  retryAfterMs?: number,
];

const RETRY = ['transport-unavailable', true, 'transport', 'not-sent'] as const;
const UNKNOWN = ['transport-unavailable', true, 'transport', 'unknown'] as const;
const LOGIN = ['authentication', true, 'transport', 'not-sent'] as const;
const MAIL = ['message-rejected', false, 'mail', 'not-sent'] as const;
const NOBODY = ['recipients-rejected', false, 'recipient', 'not-sent'] as const;
const CONFIG = ['config', false, 'config', 'not-sent'] as const;
const paused = (ms: number): Expected => ['rate-limited', true, 'transport', 'not-sent', ms];
const RATE: Expected = ['rate-limited', true, 'transport', 'not-sent'];

/** Row of a provider's error table → what becomes of the mail. */
const ROWS: Readonly<Record<string, Readonly<Record<string, Expected>>>> = {
  sendgrid: {
    unauthorized: LOGIN,
    forbidden: LOGIN,
    senderUnverified: MAIL,
    creditsExceeded: paused(HOUR),
    invalid: MAIL,
    tooLarge: MAIL,
    wrongRegion: CONFIG,
    rateLimited: paused(7_000),
    serverError: UNKNOWN,
    badGateway: UNKNOWN,
    unavailable: RETRY,
    gatewayTimeout: UNKNOWN,
  },
  mailgun: {
    unauthorized: LOGIN,
    noDomain: CONFIG,
    wrongPath: CONFIG,
    invalidTo: NOBODY,
    invalidToPlain: NOBODY,
    unauthorizedRecipient: NOBODY,
    invalid: MAIL,
    unpaid: paused(HOUR),
    tooLarge: MAIL,
    rateLimited: paused(120_000),
    serverError: UNKNOWN,
  },
  postmark: {
    unauthorized: LOGIN,
    invalidTo: NOBODY,
    invalidFrom: MAIL,
    senderMissing: MAIL,
    senderUnconfirmed: MAIL,
    noCredits: paused(HOUR),
    allInactive: NOBODY,
    forbiddenFile: MAIL,
    pending: paused(HOUR),
    notApproved: paused(HOUR),
    noStream: CONFIG,
    tooLarge: MAIL,
    rateLimited: RATE,
    // Its docs say that such a mail is usually lost.
    serverError: RETRY,
    unavailable: RETRY,
  },
  resend: {
    unauthorized: LOGIN,
    missingKey: LOGIN,
    senderUnverified: MAIL,
    invalid: MAIL,
    otherBody: MAIL,
    underWay: UNKNOWN,
    badKey: CONFIG,
    dailyQuota: paused(HOUR),
    monthlyQuota: paused(HOUR),
    rateLimited: paused(3_000),
    security: MAIL,
    serverError: UNKNOWN,
  },
  brevo: {
    unauthorized: LOGIN,
    notAllowed: LOGIN,
    underValidation: paused(HOUR),
    noCredits: paused(HOUR),
    invalid: MAIL,
    missing: MAIL,
    // The first request with that key may have sent it.
    duplicate: UNKNOWN,
    wrongPath: CONFIG,
    tooLarge: MAIL,
    rateLimited: paused(4_000),
    serverError: UNKNOWN,
  },
  mailjet: {
    unauthorized: LOGIN,
    suspended: paused(HOUR),
    forbidden: LOGIN,
    malformed: MAIL,
    invalid: MAIL,
    invalidTo: NOBODY,
    invalidToAndMore: MAIL,
    invalidWithSuccess: MAIL,
    senderUnverified: MAIL,
    senderNotAllowed: MAIL,
    mailForbidden: MAIL,
    wrongPath: CONFIG,
    tooLarge: MAIL,
    rateLimited: RATE,
    serverError: UNKNOWN,
  },
  mailersend: {
    unauthorized: LOGIN,
    forbidden: LOGIN,
    invalid: MAIL,
    invalidTo: NOBODY,
    invalidToAndMore: MAIL,
    allSuppressed: NOBODY,
    senderUnverified: MAIL,
    wrongPath: CONFIG,
    wrongMethod: CONFIG,
    tooLarge: MAIL,
    maintenance: RETRY,
    rateLimited: paused(6_000),
    dailyQuota: paused(HOUR),
    serverError: UNKNOWN,
    unavailable: RETRY,
  },
  scaleway: {
    unauthorized: LOGIN,
    notAllowed: LOGIN,
    quota: paused(HOUR),
    invalid: MAIL,
    invalidTo: NOBODY,
    invalidToAndMore: MAIL,
    precondition: MAIL,
    wrongPath: CONFIG,
    tooLarge: MAIL,
    rateLimited: RATE,
    serverError: UNKNOWN,
    unavailable: RETRY,
  },
  graph: {
    unauthorized: LOGIN,
    notAllowed: LOGIN,
    notConsented: LOGIN,
    sendAsDenied: MAIL,
    invalid: MAIL,
    invalidTo: NOBODY,
    noMailbox: CONFIG,
    noUser: CONFIG,
    blocked: paused(HOUR),
    limit: paused(HOUR),
    tooLarge: MAIL,
    rateLimited: paused(8_000),
    serverError: UNKNOWN,
    unavailable: RETRY,
    gatewayTimeout: UNKNOWN,
  },
  ses: {
    unauthorized: LOGIN,
    badSignature: LOGIN,
    expiredToken: LOGIN,
    incompleteSignature: LOGIN,
    requestExpired: LOGIN,
    notAuthorized: LOGIN,
    notAllowed: LOGIN,
    senderUnverified: MAIL,
    mailFromDomain: CONFIG,
    paused: paused(HOUR),
    suspended: paused(HOUR),
    invalid: MAIL,
    noConfigurationSet: CONFIG,
    rateLimited: paused(1_000),
    dailyQuota: paused(HOUR),
    limit: paused(HOUR),
    tooLarge: MAIL,
    serverError: UNKNOWN,
    unavailable: RETRY,
  },
};

async function failure(work: Promise<unknown>): Promise<MailError> {
  const error: unknown = await work.then(
    () => new Error('expected a rejection'),
    (reason: unknown) => reason,
  );
  if (!MailError.is(error)) throw new Error('expected a MailError', { cause: error });
  return error;
}

const traits = ({ code, retryable, scope, outcome, retryAfterMs }: MailError): Expected =>
  retryAfterMs === undefined
    ? [code, retryable, scope, outcome]
    : [code, retryable, scope, outcome, retryAfterMs];

/** How mails come: alone, or in a request with others. */
interface Way {
  readonly name: string;
  readonly isBatched: boolean;
}

const WAYS: ReadonlyArray<readonly [title: string, way: Way]> = [
  ...NAMES.map((name) => [name, { name, isBatched: false }] as const),
  ...BATCHING.map((name) => [`${name}, in a batch`, { name, isBatched: true }] as const),
];

/** Where the answer to several mails says less than the answer to one. */
const IN_BATCH: Readonly<Record<string, Readonly<Record<string, Expected>>>> = {
  postmark: { serverError: UNKNOWN },
};

/** The server answers so to each request: a batch that is refused for one of its mails is asked for in parts. */
function withAnswer<T>(
  { name, isBatched }: Way,
  answer: ProviderAnswer,
  body: (provided: Provided) => Promise<T>,
): Promise<T> {
  const given = ({ server, transport }: Provided): Promise<T> => {
    server.always(answer);
    return body({ server, transport: isBatched ? inCompany(transport) : transport });
  };
  return withProvider(name, [], given, { clock: () => 0 });
}

const faultOf = (way: Way, answer: ProviderAnswer): Promise<MailError> =>
  withAnswer(way, answer, ({ transport }) => failure(transport.send(plainMessage(), { signal: never })));

describe.each(WAYS)('%s', (_title, way) => {
  const { name, isBatched } = way;
  const rows = Object.entries({ ...ROWS[name], ...(isBatched && IN_BATCH[name]) });

  test('every row of its error table is tested', () =>
    withProvider(name, [], async ({ server }) => {
      expect(rows.map(([row]) => row)).toEqual(server.errors);
    }));

  test.each(rows)('%s', async (row, expected) => {
    const error = await faultOf(way, { error: row });
    expect(traits(error)).toEqual(expected);
    expect(error.message).toMatch(new RegExp(`^${TITLES.get(name)} answered with status \\d+`));
  });

  test.each<[string, ProviderAnswer, Expected]>([
    ['a page of html with 503', 'html', RETRY],
    ['a redirect', 'redirect', CONFIG],
    [
      'a connection that ends before the body was read',
      'reset before',
      ['ambiguous', true, 'transport', 'unknown'],
    ],
    [
      'a connection that ends once the body was read',
      'reset after',
      ['ambiguous', true, 'transport', 'unknown'],
    ],
    ['html with 400', { status: 400, body: '<html>no</html>' }, MAIL],
    ['html with 401', { status: 401, body: '<html>no</html>' }, LOGIN],
    ['nothing with 403', { status: 403 }, LOGIN],
    ['half of a JSON with 422', { status: 422, body: '{"mess' }, MAIL],
    ['JSON of another shape with 422', { status: 422, body: { errors: [null], message: 7 } }, MAIL],
    ['a list with 500', { status: 502, body: [] }, UNKNOWN],
    [
      '429 with a date',
      { status: 429, headers: { 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' } },
      paused(9_000),
    ],
    [
      '429 with a time',
      { status: 429, headers: { 'x-ratelimit-reset': '1000000001' } },
      paused(1_000_000_001_000),
    ],
    [
      '429 with a date that is past',
      { status: 429, headers: { 'retry-after': 'Wed, 31 Dec 1969 23:59:59 GMT' } },
      paused(0),
    ],
    ['429 with nonsense', { status: 429, headers: { 'retry-after': 'soon' } }, RATE],
    ['408', { status: 408 }, RETRY],
    ['425', { status: 425 }, RETRY],
    ['402', { status: 402 }, paused(HOUR)],
    ['402 that says when', { status: 402, headers: { 'retry-after': '7200' } }, paused(2 * HOUR)],
    ['402 that says it is soon', { status: 402, headers: { 'retry-after': '5' } }, paused(HOUR)],
    ['503 that says when', { status: 503, headers: { 'retry-after': '5' } }, [...RETRY, 5_000]],
    [
      '503 that says when a span of its rate ends',
      { status: 503, headers: { 'x-ratelimit-reset': '5', 'ratelimit-reset': '5' } },
      RETRY,
    ],
    ['404', { status: 404 }, CONFIG],
    ['410', { status: 410 }, CONFIG],
    ['421', { status: 421 }, RETRY],
    ['418', { status: 418 }, MAIL],
    ['599', { status: 599 }, UNKNOWN],
  ])('%s', async (_title, answer, expected) => {
    expect(traits(await faultOf(way, answer))).toEqual(expected);
  });

  test('a cut answer accepts one mail, without an id; for several mails it proves nothing', () =>
    withAnswer(way, 'cut', async ({ transport, server }) => {
      const sending = transport.send(plainMessage(), { signal: never });
      if (isBatched) {
        expect(traits(await failure(sending))).toEqual(['ambiguous', true, 'transport', 'unknown']);
      } else {
        expect((await sending).accepted).toEqual(['ada@to.test']);
        expect(server.mails).toHaveLength(1);
      }
    }));

  test('no answer within its time: the mail may have been sent', () =>
    withAnswer(way, 'silence', async ({ transport, server }) => {
      const abort = new AbortController();
      const sending = failure(transport.send(plainMessage(), { signal: abort.signal }));
      await server.reached();
      abort.abort();
      expect(traits(await sending)).toEqual(['ambiguous', true, 'transport', 'unknown']);
    }));

  test('the transport is closed meanwhile: the mail may have been sent', () =>
    withAnswer(way, 'silence', async ({ transport, server }) => {
      const sending = failure(transport.send(plainMessage(), { signal: never }));
      await server.reached();
      await transport.close();
      expect(traits(await sending)).toEqual(['ambiguous', true, 'transport', 'unknown']);
    }));

  test('verify passes with a key that may only send, and reports a bad one', () =>
    withProvider(name, [], async ({ transport, server }) => {
      await transport.verify({ signal: never });
      const bad = await transportOf(server.url.replace(encodeURIComponent(server.key), 'of-a-stranger'));
      expect((await failure(bad.verify({ signal: never }))).code).toBe('authentication');
      await bad.close();
      expect(server.mails).toEqual([]);
    }));

  test('no server listens: nothing was sent', () =>
    withAnswer(way, 'success', async ({ transport, server }) => {
      await server.close();
      expect(traits(await failure(transport.send(plainMessage(), { signal: never })))).toEqual(RETRY);
    }));
});

const ofConnecting = (code: string) => Object.assign(new Error(code), { code, syscall: 'connect' });

test('an unknown authority, an invalid host, and a port of another protocol', async () => {
  const causes = [
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'tls'],
    [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, 'tls'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'tls'],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'transport-unavailable'],
    [{ code: 'EPROTO', syscall: 'write' }, 'tls'],
    [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'transport-unavailable'],
    // A host with several addresses.
    [
      { code: 'ETIMEDOUT', errors: [ofConnecting('ETIMEDOUT'), ofConnecting('ENETUNREACH')] },
      'transport-unavailable',
    ],
    [{ code: 'ETIMEDOUT', errors: [ofConnecting('ETIMEDOUT'), { code: 'EPIPE' }] }, 'ambiguous'],
    [{ code: 'ETIMEDOUT', errors: [] }, 'ambiguous'],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, 'transport-unavailable'],
    [
      { code: 'UND_ERR_ABORTED', message: 'Proxy response (502) !== 200 when HTTP Tunneling' },
      'transport-unavailable',
    ],
    [{ code: 'UND_ERR_ABORTED', message: 'Proxy response (407) !== 200 when HTTP Tunneling' }, 'config'],
    [{ code: 'UND_ERR_HEADERS_TIMEOUT' }, 'ambiguous'],
    [{ code: 'EPIPE', syscall: 'write' }, 'ambiguous'],
  ] as const;
  for (const [cause, code] of causes) {
    const failing = () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error('why'), cause) }));
    const transport = await transportOf('sendgrid://key@default', { fetch: failing });
    const error = await failure(transport.send(plainMessage(), { signal: never }));
    expect([cause.code, error.code, error.outcome]).toEqual([
      cause.code,
      code,
      code === 'ambiguous' ? 'unknown' : 'not-sent',
    ]);
    await transport.close();
  }
  const refused = await transportOf('sendgrid://key@default?endpoint=http://127.0.0.1:6000');
  expect((await failure(refused.send(plainMessage(), { signal: never }))).code).toBe('config');
  await refused.close();
});

test('a proxy that answers instead of the provider wants a login', async () => {
  const answering = () => Promise.resolve(new Response('', { status: 407 }));
  const transport = await transportOf('resend://key@default', { fetch: answering });
  expect(traits(await failure(transport.send(plainMessage(), { signal: never })))).toEqual(CONFIG);
  await transport.close();
});

test.each<[string, string, RegExp, RegExp]>([
  ['sendgrid', 'unauthorized', /MAIL_API_KEY/, /region/],
  ['mailgun', 'unpaid', /unpaid/, /MAIL_API_KEY/],
  ['mailgun', 'noDomain', /region, domain/, /MAIL_API_KEY/],
  ['postmark', 'noCredits', /credits/, /sender/],
  ['postmark', 'unauthorized', /MAIL_API_KEY/, /sender/],
  ['postmark', 'noStream', /stream of its URL/, /provider/],
  ['resend', 'security', /security_error\)$/, /region/],
  ['resend', 'senderUnverified', /Verify the domain/, /MAIL_API_KEY/],
  ['mailjet', 'suspended', /suspended/, /MAIL_API_KEY/],
  ['mailjet', 'senderUnverified', /validated at Mailjet/, /MAIL_API_KEY/],
  ['mailersend', 'senderUnverified', /domain at MailerSend/, /MAIL_API_KEY/],
  ['mailersend', 'dailyQuota', /today/, /MAIL_API_KEY/],
  ['scaleway', 'notAllowed', /right to send/, /MAIL_API_KEY/],
  ['scaleway', 'quota', /quotas/, /MAIL_API_KEY/],
  ['graph', 'notAllowed', /Mail\.Send/, /MAIL_API_KEY/],
  ['graph', 'noUser', /user and tenant/, /region/],
  ['graph', 'sendAsDenied', /send as/, /MAIL_API_KEY/],
  ['ses', 'unauthorized', /credentials/, /MAIL_API_KEY/],
  ['ses', 'noConfigurationSet', /configurationSet of its URL/, /domain/],
  ['ses', 'dailyQuota', /quotas/, /reputation/],
])('%s: %s names what to do, and nothing that has no part in it', async (name, row, named, foreign) => {
  const { message } = await faultOf({ name, isBatched: false }, { error: row });
  expect(message).toMatch(named);
  expect(message).not.toMatch(foreign);
});
