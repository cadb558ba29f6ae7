import { join } from 'node:path';
import type { Mail, MailModuleOptions, QueueModuleOptions } from 'nest-mailroom';
import { ses } from 'nest-mailroom/ses';
import { type ProviderAnswer, type ReceivedMail, TestProviderServer } from 'nest-mailroom/testing';
import { afterCleanup, cleanup, folder } from './support/application.js';
import { NAMES } from './support/provider-transport.js';
import { at, queueing, server as smtpServer, shortPauses } from './support/queueing.js';

beforeEach(shortPauses);
afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

const [ADA, BEA, CY, DEE, EVE] = ['ada@to.test', 'bea@to.test', 'cy@to.test', 'dee@to.test', 'eve@to.test'];
const five: Mail = {
  from: 'app@from.test',
  to: [{ name: 'Ada', address: ADA }, BEA],
  cc: CY,
  bcc: [DEE, EVE],
  subject: 'Welcome',
  text: 'the body',
  html: '<p>the body</p>',
};

async function started(name: string, script: readonly ProviderAnswer[] = []): Promise<TestProviderServer> {
  const server = await TestProviderServer.start(name, { script });
  afterCleanup(() => server.close());
  return server;
}

const application = (transport: MailModuleOptions['transport'], queue: QueueModuleOptions) =>
  queueing(transport, queue, { use: [ses()] });

/** The addresses that readers may see of each other: in raw MIME the head, which no retry changes, else all but Bcc. */
function views({ request: { body } }: ReceivedMail): readonly string[] {
  if (typeof body === 'string') {
    const mime = Buffer.from(body, 'base64').toString();
    return [mime.replace(/^Bcc: .*\r\n(?:[ \t].*\r\n)*/m, '')];
  }
  const { bcc: _bcc, Bcc: _Bcc, personalizations, Content, message, Messages, ...rest } = Object(body);
  if (Content !== undefined) return [Buffer.from(Content.Raw.Data, 'base64').toString()];
  if (message !== undefined) return message;
  const parts: readonly object[] = personalizations ?? Messages ?? [rest];
  return parts.map((part) => JSON.stringify({ ...part, bcc: [], Bcc: [] }));
}

/** Whether somebody of Bcc stands beside another. */
function isGivenAway(view: string): boolean {
  const seen = [ADA, BEA, CY, DEE, EVE].filter((address) => view.includes(address));
  return seen.length > 1 && (seen.includes(DEE) || seen.includes(EVE));
}

describe.each(NAMES)('%s', (name) => {
  // The server before it refuses two of five for now, which no provider says of single recipients: what is left of
  // the mail then is the provider's.
  test.each<[string, readonly string[]]>([
    ['one of To and one of Bcc', [BEA, DEE]],
    ['all of To', [ADA, BEA]],
    ['one of Cc and one of To', [ADA, CY]],
    ['Cc and one of Bcc', [CY, EVE]],
    ['all of Bcc', [DEE, EVE]],
  ])('a retry reaches the two alone that were refused for now: %s', async (_what, refused) => {
    const kept = { driver: 'spool', path: join(await folder(), 'spool.db') } as const;
    const busy = await smtpServer((line) =>
      refused.some((address) => line.startsWith(`RCPT TO:<${address}>`))
        ? '450 4.2.1 Mailbox busy'
        : undefined,
    );
    const before = await application(at(busy.port), { ...kept, retryDelays: [3_600_000] });
    const deferred = before.next('mail.deferred');
    const { id } = await before.mail.queue(five);
    await deferred;
    await before.app.close();
    expect(busy.bodies).toHaveLength(1);

    const server = await started(name);
    const after = await application(server.url, { ...kept, retryDelays: [5] });
    const sent = after.next('mail.sent');
    expect(await after.queue.retry(id)).toBe(1);
    await sent;
    await after.queue.drain();
    expect(server.mails.flatMap(({ recipients }) => recipients).toSorted()).toEqual(refused.toSorted());
    expect(server.problems).toEqual([]);
    const entry = await after.queue.get(id);
    expect([entry?.state, entry?.attempts.length]).toEqual(['sent', 2]);
    expect(entry?.attempts[1]?.accepted.toSorted()).toEqual(refused.toSorted());
    expect(server.mails.flatMap(views).filter(isGivenAway)).toEqual([]);
  });
});

interface Refusals {
  readonly what: string;
  readonly provider: string;
  readonly mail?: Mail;
  readonly script: () => readonly ProviderAnswer[];
  /** The recipients of each mail, as the provider accepted them. */
  readonly reached: readonly (readonly string[])[];
  readonly state: string;
  /** Of the last attempt: for good. */
  readonly refused: readonly string[];
  readonly requests: number;
}

const { to: _to, cc: _cc, ...hidden } = five;
const bccAlone: Mail = { ...hidden, bcc: [ADA, BEA, CY, DEE, EVE] };

const sendgridErrors = (...places: readonly string[]): ProviderAnswer => ({
  status: 400,
  body: {
    errors: places.map((place) => ({
      message: 'Does not contain a valid address.',
      field: place,
      help: null,
    })),
  },
});

test.each<Refusals>([
  {
    what: 'refuses the whole for two at once, and names them: the retry reaches the others',
    provider: 'sendgrid',
    script: () => [sendgridErrors('personalizations.0.to.1.email', 'personalizations.0.bcc.0')],
    reached: [[ADA, CY, EVE]],
    state: 'sent',
    refused: [],
    requests: 2,
  },
  {
    what: 'refuses the whole for one after the other: so do the retries',
    provider: 'sendgrid',
    script: () => [{ refuse: [BEA] }, { refuse: [DEE] }],
    reached: [[ADA, CY, EVE]],
    state: 'sent',
    refused: [],
    requests: 3,
  },
  {
    what: 'refuses the whole for a recipient and its content: no retry would help',
    provider: 'sendgrid',
    script: () => [sendgridErrors('personalizations.0.to.1.email', 'content.0.value')],
    reached: [],
    state: 'dead',
    refused: [],
    requests: 1,
  },
  {
    what: 'says whom it leaves out within a success: nobody is mailed again',
    provider: 'postmark',
    script: () => [{ refuse: [BEA, DEE] }],
    reached: [[ADA, CY, EVE]],
    state: 'sent',
    refused: [BEA, DEE],
    requests: 1,
  },
  {
    what: 'refuses the whole for a bad recipient, and names that one: the retry reaches the others',
    provider: 'postmark',
    script: () => [
      { status: 422, body: { ErrorCode: 300, Message: `Error parsing 'Cc': Illegal address '${CY}'.` } },
    ],
    reached: [[ADA, BEA, DEE, EVE]],
    state: 'sent',
    refused: [],
    requests: 2,
  },
  {
    what: 'names nobody: nothing is sent to anybody',
    provider: 'mailgun',
    script: () => [{ refuse: [BEA, DEE] }],
    reached: [],
    state: 'dead',
    refused: [ADA, BEA, CY, DEE, EVE],
    requests: 1,
  },
  {
    what: 'names nobody: nothing is sent to anybody',
    provider: 'ses',
    script: () => [{ refuse: [BEA, DEE] }],
    reached: [],
    state: 'dead',
    refused: [],
    requests: 1,
  },
  {
    what: 'names nobody: nothing is sent to anybody',
    provider: 'resend',
    script: () => [{ refuse: [BEA, DEE] }],
    reached: [],
    state: 'dead',
    refused: [],
    requests: 1,
  },
  {
    what: 'has a request for each of Bcc, two of which come too fast: the retry reaches those two alone',
    provider: 'resend',
    mail: bccAlone,
    script: () => ['success', 'success', 'success', { error: 'rateLimited' }],
    reached: [[ADA], [BEA], [CY], [DEE], [EVE]],
    state: 'sent',
    refused: [],
    requests: 6,
  },
  {
    what: 'has a request for each of Bcc, two of which are refused for good',
    provider: 'resend',
    mail: bccAlone,
    script: () => ['success', { error: 'invalid' }, 'success', { error: 'invalid' }],
    reached: [[ADA], [CY], [EVE]],
    state: 'sent',
    refused: [BEA, DEE],
    requests: 5,
  },
  {
    what: 'refuses the first of Bcc for good, and then the key: that is not the fault of the others',
    provider: 'resend',
    mail: bccAlone,
    script: () => [{ error: 'invalid' }, { error: 'unauthorized' }, { error: 'invalid' }],
    reached: [[BEA], [CY], [DEE], [EVE]],
    state: 'sent',
    refused: [ADA],
    requests: 7,
  },
  {
    what: 'refuses each of Bcc for reasons of their own',
    provider: 'resend',
    mail: { ...hidden, bcc: [ADA, BEA] },
    script: () => [{ error: 'invalid' }, { error: 'security' }],
    reached: [],
    state: 'dead',
    refused: [],
    requests: 2,
  },
])('$provider $what', async ({ provider, mail = five, script, reached, state, refused, requests }) => {
  const server = await started(provider);
  server.play(...script());
  const { mail: sender, queue } = await application(server.url, { retryDelays: [5] });
  const { id } = await sender.queue(mail);
  await queue.drain();
  const entry = await queue.get(id);
  const names = server.mails.map(({ recipients }) => recipients);
  expect(names).toEqual(reached);
  expect([entry?.state, server.requests.length, server.problems]).toEqual([state, requests, []]);
  const last = entry?.attempts.at(-1)?.rejected.filter(({ retryable }) => !retryable);
  expect(last?.map(({ address }) => address)).toEqual(refused);
});
