import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReceivedRequest, TestProviderServer } from 'nest-mailroom/testing';
import { MailError } from '../../../src/errors/mail-error.js';
import type { RenderedMessage } from '../../../src/message/message.js';
import type { Transport } from '../../../src/transport/transport.js';
import { BATCHING, mailsIn } from '../../support/company.js';
import { plainMessage, type Provided, transportOf, withProvider } from '../../support/provider-transport.js';

/** Limits of a request: mails, and how many of `LARGE` bytes go together. */
const LIMITS: Readonly<
  Record<string, { most: number; path: string; large: number; together: readonly number[] }>
> = {
  postmark: { most: 500, path: '/email', large: 4.5 * 2 ** 20, together: [5, 4] },
  resend: { most: 100, path: '/emails', large: 4.5 * 2 ** 20, together: [4, 4, 1] },
  mailjet: { most: 50, path: '/v3.1/send', large: 1.4 * 2 ** 20, together: [5, 4] },
};

const urlOf = (name: string): string =>
  name === 'mailjet' ? 'mailjet://KEY:SECRET@default' : `${name}://KEY@default`;

function limitsOf(name: string) {
  const limits = LIMITS[name];
  if (!limits) throw new Error(`no limits of ${name}`);
  return limits;
}

const mail = (index: number, parts: Partial<RenderedMessage> = {}): RenderedMessage => {
  const address = `ada${index}@to.test`;
  return plainMessage({
    messageId: `<${index}@from.test>`,
    to: [{ address }],
    envelope: { from: 'hello@from.test', to: [address] },
    ...parts,
  });
};

const mails = (count: number): readonly RenderedMessage[] =>
  Array.from({ length: count }, (_, index) => mail(index));

const send = (transport: Transport, message: RenderedMessage, signal = new AbortController().signal) =>
  transport.send(message, { signal, isFirst: true });

/** The result of each mail: the code of an error, or the accepted recipients. */
async function outcomes(
  sending: ReadonlyArray<Promise<{ readonly accepted: readonly string[] }>>,
): Promise<ReadonlyArray<string | readonly string[]>> {
  const settled = await Promise.allSettled(sending);
  return settled.map((result) => {
    if (result.status === 'fulfilled') return result.value.accepted;
    return MailError.is(result.reason) ? result.reason.code : String(result.reason);
  });
}

async function failure(work: Promise<unknown>): Promise<MailError> {
  const error: unknown = await work.then(
    () => new Error('expected a rejection'),
    (reason: unknown) => reason,
  );
  if (!MailError.is(error)) throw new Error('expected a MailError', { cause: error });
  return error;
}

/** How many mails each request had, in the order in which they came. */
const sizes = (server: TestProviderServer): readonly number[] => server.requests.map(mailsIn);

/** A `fetch` whose requests wait until they are let go. */
class HeldFetch {
  readonly signals: AbortSignal[] = [];
  #release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => {
    this.#release = resolve;
  });

  readonly fetch: typeof fetch = async (input, init) => {
    const { signal } = init ?? {};
    if (signal) this.signals.push(signal);
    await this.#released;
    return fetch(input, init);
  };

  release(): void {
    this.#release();
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}

const withHeld = (name: string, body: (provided: Provided, held: HeldFetch) => Promise<void>) => {
  const held = new HeldFetch();
  return withProvider(name, [], (provided) => body(provided, held), { fetch: held.fetch });
};

describe.each(BATCHING)('%s', (name) => {
  test('simultaneous mails go in one request, in their order, each with its own receipt', () =>
    withProvider(name, [], async ({ server, transport }) => {
      const receipts = await Promise.all(mails(7).map((message) => send(transport, message)));
      expect(sizes(server)).toEqual([7]);
      expect(server.problems).toEqual([]);
      expect(receipts.map(({ messageId }) => messageId)).toEqual(mails(7).map(({ messageId }) => messageId));
      expect(new Set(receipts.map(({ providerId }) => providerId)).size).toBe(7);
      expect(server.mails.map(({ recipients }) => recipients)).toEqual(
        mails(7).map(({ envelope }) => envelope.to),
      );
    }));

  test('one after the other they go in single requests', () =>
    withProvider(name, [], async ({ server, transport }) => {
      for (const message of mails(3)) await send(transport, message);
      expect(server.requests.map(({ path }) => path)).toEqual(
        Array.from({ length: 3 }, () => limitsOf(name).path),
      );
    }));

  test('more mails than allowed go in several requests', () =>
    withProvider(name, [], async ({ server, transport }) => {
      const { most } = limitsOf(name);
      await Promise.all(mails(most + 2).map((message) => send(transport, message)));
      expect(new Set(sizes(server))).toEqual(new Set([most, 2]));
      expect(server.problems).toEqual([]);
    }));

  test('a mail that was aborted while it waited is not in the request', async () => {
    const asked: number[] = [];
    const counting: typeof fetch = (_input, init) => {
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      asked.push(mailsIn({ body }));
      return Promise.resolve(new Response('', { status: 429 }));
    };
    const transport = await transportOf(urlOf(name), { fetch: counting });
    const body = 'x'.repeat(limitsOf(name).large);
    const [first, ...others] = mails((limitsOf(name).together[0] ?? 0) + 1);
    if (!first) throw new Error('no mail');
    const abort = new AbortController();
    const given = transport
      .send({ ...first, html: body, text: body }, { signal: abort.signal, isFirst: true })
      .catch(() => undefined);
    // It is gathered in this turn of the event loop, and nothing is handed over before the next.
    for (let step = 0; step < 50; step += 1) await Promise.resolve();
    abort.abort();
    await outcomes(others.map((mail) => send(transport, { ...mail, html: body, text: body })));
    await given;
    expect(asked).toEqual([others.length]);
    await transport.close();
  });

  test('more bytes than allowed go in several requests', async () => {
    const asked: number[] = [];
    const counting: typeof fetch = (_input, init) => {
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
      asked.push(mailsIn({ body }));
      return Promise.resolve(new Response('', { status: 429 }));
    };
    const transport = await transportOf(urlOf(name), { fetch: counting });
    const body = 'x'.repeat(limitsOf(name).large);
    await outcomes(mails(9).map((message) => send(transport, { ...message, html: body, text: body })));
    expect(asked).toEqual(limitsOf(name).together);
    await transport.close();
  });

  test('while a request is under way, others are gathered and do not wait for its end', () =>
    withProvider(name, ['silence'], async ({ server, transport }) => {
      const abort = new AbortController();
      const first = failure(send(transport, mail(0), abort.signal));
      await server.reached();
      await Promise.all(mails(4).map((message) => send(transport, message)));
      expect(sizes(server)).toEqual([1, 4]);
      abort.abort();
      expect((await first).outcome).toBe('unknown');
    }));

  test('the outcome of one mail does not affect the others', () =>
    withProvider(
      name,
      [
        'success',
        { error: name === 'postmark' ? 'forbiddenFile' : 'invalid' },
        'success',
        { refuse: ['ada3@to.test'] },
      ],
      async ({ server, transport }) => {
        expect(await outcomes(mails(5).map((message) => send(transport, message)))).toEqual([
          ['ada0@to.test'],
          'message-rejected',
          ['ada2@to.test'],
          name === 'resend' ? 'message-rejected' : 'recipients-rejected',
          ['ada4@to.test'],
        ]);
        expect(sizes(server)).toEqual([5]);
      },
    ));

  test('a batch that is refused for one mail is requested in parts', () =>
    withProvider(
      name,
      [{ status: 422, body: 'one of them is bad' }, 'success', { status: 422, body: 'this one' }],
      async ({ server, transport }) => {
        expect(await outcomes(mails(3).map((message) => send(transport, message)))).toEqual([
          ['ada0@to.test'],
          'message-rejected',
          ['ada2@to.test'],
        ]);
        expect(sizes(server)).toEqual([3, 1, 1, 1]);
      },
    ));

  test.each(['unauthorized', 'rateLimited', 'serverError'])(
    '%s counts for each, and is asked once',
    (error) =>
      withProvider(name, [{ error }], async ({ server, transport }) => {
        const found = await outcomes(mails(3).map((message) => send(transport, message)));
        expect(new Set(found).size).toBe(1);
        expect(sizes(server)).toEqual([3]);
      }),
  );

  test('a mail that is aborted while it waits for others was not sent', () =>
    withHeld(name, async ({ server, transport }, held) => {
      const first = send(transport, mail(0));
      await until(() => held.signals.length === 1);
      const abort = new AbortController();
      const second = failure(send(transport, mail(1), abort.signal));
      const third = send(transport, mail(2));
      const fourth = send(transport, mail(3));
      await until(() => getEventListeners(abort.signal, 'abort').length > 0);
      abort.abort();
      held.release();
      expect(await second).toMatchObject({ code: 'aborted', outcome: 'not-sent' });
      await Promise.all([first, third, fourth]);
      expect(server.mails.map(({ recipients }) => recipients[0])).toEqual([
        'ada0@to.test',
        'ada2@to.test',
        'ada3@to.test',
      ]);
    }));

  test('a mail that is aborted within a request may have been sent; the others go on', () =>
    withHeld(name, async ({ server, transport }, held) => {
      const abort = new AbortController();
      const first = failure(send(transport, mail(0), abort.signal));
      const others = [send(transport, mail(1)), send(transport, mail(2))];
      await until(() => held.signals.length === 1);
      abort.abort();
      expect(await first).toMatchObject({ code: 'ambiguous', outcome: 'unknown' });
      expect(held.signals[0]?.aborted).toBe(false);
      held.release();
      await Promise.all(others);
      expect(sizes(server)).toEqual([3]);
    }));

  test('a request ends when no caller waits for it', () =>
    withHeld(name, async ({ transport }, held) => {
      const aborts = mails(3).map(() => new AbortController());
      const sending = mails(3).map((message, index) => send(transport, message, aborts[index]?.signal));
      const found = outcomes(sending);
      await until(() => held.signals.length === 1);
      for (const abort of aborts) {
        expect(held.signals[0]?.aborted).toBe(false);
        abort.abort();
      }
      expect(held.signals[0]?.aborted).toBe(true);
      expect(await found).toEqual(['ambiguous', 'ambiguous', 'ambiguous']);
      held.release();
    }));

  test('closed, it sends nothing that waits for others', () =>
    withHeld(name, async ({ server, transport }, held) => {
      const first = failure(send(transport, mail(0)));
      await until(() => held.signals.length === 1);
      const { signal } = new AbortController();
      const second = failure(send(transport, mail(1), signal));
      await until(() => getEventListeners(signal, 'abort').length > 0);
      await transport.close();
      expect(await second).toMatchObject({ code: 'closed', outcome: 'not-sent' });
      held.release();
      expect(await first).toMatchObject({ outcome: 'unknown' });
      expect(server.mails).toEqual([]);
    }));
});

/** A success to three mails, and what becomes of each. */
const ODD: ReadonlyArray<readonly [name: string, title: string, body: string | object, found: unknown]> = [
  ['postmark', 'html', '<html>ok</html>', ['ambiguous', 'ambiguous', 'ambiguous']],
  ['postmark', 'too few', [{ ErrorCode: 0 }], ['ambiguous', 'ambiguous', 'ambiguous']],
  [
    'postmark',
    'one that says nothing',
    [{ ErrorCode: 0, Message: 'OK' }, null, { ErrorCode: 405, Message: 'No credits.' }],
    [['ada0@to.test'], 'ambiguous', 'rate-limited'],
  ],
  ['resend', 'html', '<html>ok</html>', ['ambiguous', 'ambiguous', 'ambiguous']],
  ['resend', 'too few', { data: [{ id: '1' }] }, ['ambiguous', 'ambiguous', 'ambiguous']],
  [
    'resend',
    'an index of none',
    { data: [{ id: '1' }, { id: '2' }], errors: [{ index: 3, message: 'no' }] },
    ['ambiguous', 'ambiguous', 'ambiguous'],
  ],
  [
    'resend',
    'one index twice',
    { data: [{ id: '1' }], errors: [1, 1].map((index) => ({ index, message: 'no' })) },
    ['ambiguous', 'ambiguous', 'ambiguous'],
  ],
  [
    'resend',
    'a refusal in the middle',
    { data: [{ id: '1' }, { id: '2' }], errors: [{ index: 1, message: 'no' }] },
    [['ada0@to.test'], 'message-rejected', ['ada2@to.test']],
  ],
  ['mailjet', 'html', '<html>ok</html>', ['ambiguous', 'ambiguous', 'ambiguous']],
  ['mailjet', 'too few', { Messages: [{ Status: 'success' }] }, ['ambiguous', 'ambiguous', 'ambiguous']],
  [
    'mailjet',
    'one that says nothing',
    { Messages: [{ Status: 'success' }, {}, { Status: 'error', Errors: [{ ErrorMessage: 'no' }] }] },
    [['ada0@to.test'], 'ambiguous', 'message-rejected'],
  ],
];

test.each<[string, string, ReadonlyArray<string | readonly string[]>]>([
  [
    'some mails and takes the others',
    JSON.stringify({ Messages: [{ Status: 'success' }, { Status: 'error' }, { Status: 'success' }] }),
    [['ada0@to.test'], 'message-rejected', ['ada2@to.test']],
  ],
  ['half of that', '{"Messages":[{"Status":"success"},{"Sta', ['ambiguous', 'ambiguous', 'ambiguous']],
])('a refusal of mailjet that tells of %s is not asked again in parts', async (_what, body, found) => {
  let asked = 0;
  const refusing: typeof fetch = () => {
    asked += 1;
    return Promise.resolve(new Response(body, { status: 400 }));
  };
  const transport = await transportOf(urlOf('mailjet'), { fetch: refusing });
  expect(await outcomes(mails(3).map((message) => send(transport, message)))).toEqual(found);
  expect(asked).toBe(1);
  await transport.close();
});

test.each(ODD)('%s answers several mails with a success of %s', async (name, _title, body, found) => {
  const answered: typeof fetch = () =>
    Promise.resolve(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status: 200 }));
  const transport = await transportOf(urlOf(name), { fetch: answered });
  expect(await outcomes(mails(3).map((message) => send(transport, message)))).toEqual(found);
  await transport.close();
});

describe('a provider that recognises mails by a key', () => {
  const keys = (requests: readonly ReceivedRequest[]) =>
    requests.map(({ headers }) => headers['idempotency-key'] !== undefined);

  test('gets mails that may come again in their own requests', () =>
    withProvider('resend', [], async ({ server, transport }) => {
      const { signal } = new AbortController();
      await Promise.all(mails(3).map((message) => transport.send(message, { signal })));
      expect([sizes(server), keys(server.requests)]).toEqual([
        [1, 1, 1],
        [true, true, true],
      ]);
    }));

  test('gets mails that a batch cannot express in their own requests', () =>
    withProvider('resend', [], async ({ server, transport }) => {
      const content = Buffer.from('pdf');
      const file = {
        content,
        contentType: 'application/pdf',
        disposition: 'attachment',
        headers: {},
      } as const;
      const odd = [
        mail(7, { attachments: [file] }),
        mail(8, { provider: { resend: { scheduled_at: '2030-01-01T00:00:00Z' } } }),
      ];
      await Promise.all([...mails(2), ...odd].map((message) => send(transport, message)));
      expect(sizes(server).toSorted((a, b) => a - b)).toEqual([1, 1, 2]);
      expect(server.problems).toEqual([]);
    }));

  test('does not recognise mails of a batch', () =>
    withProvider('resend', ['reset after', 'reset after'], async ({ transport }) => {
      const together = await Promise.all(mails(2).map((message) => failure(send(transport, message))));
      const alone = await failure(send(transport, mail(3)));
      expect([...together, alone].map(({ outcome, repeatableForMs }) => [outcome, repeatableForMs])).toEqual([
        ['unknown', undefined],
        ['unknown', undefined],
        ['unknown', 24 * 3_600_000],
      ]);
    }));
});
