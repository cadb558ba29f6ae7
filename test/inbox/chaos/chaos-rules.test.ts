import type { SendOptions } from 'nest-mailroom';
import type { ChaosFault } from '../../../src/inbox/api/chaos.js';
import { ChaosRules } from '../../../src/inbox/chaos/chaos-rules.js';
import { cleanup } from '../../support/application.js';
import { at, queueing, server } from '../../support/queueing.js';
import { renderedMessage } from '../../support/rendered-message.js';
import { SILENCE, type Script } from '../../support/scripted-server.js';

afterEach(cleanup);

const message = renderedMessage({ template: 'welcome' });

const NAMES = ['welcome', 'receipt', 'a'];

function rules(...given: object[]): ChaosRules {
  const all = new ChaosRules(
    () => undefined,
    () => NAMES,
  );
  for (const rule of given) all.add(rule);
  return all;
}

test('a rule applies as many times as requested and is then removed', () => {
  const all = rules({ template: 'welcome', fault: '451', times: 2 });
  expect(all.list).toEqual([
    { id: expect.any(String) as string, template: 'welcome', fault: '451', left: 2 },
  ]);
  expect(all.injectFault(renderedMessage({ template: 'receipt' }))).toBeUndefined();
  expect(all.injectFault(message)?.smtp?.code).toBe(451);
  expect(all.list).toMatchObject([{ left: 1 }]);
  expect(all.injectFault(message)?.smtp?.code).toBe(451);
  expect(all.list).toEqual([]);
  expect(all.injectFault(message)).toBeUndefined();
});

test('a recipient rule takes an address or a pattern and also matches Bcc', () => {
  const bcc = renderedMessage({ envelope: { from: 'a@from.test', to: ['ada@to.test', 'eve@other.test'] } });
  expect(rules({ to: 'eve@other.test', fault: '550' }).injectFault(message)).toBeUndefined();
  expect(rules({ to: 'eve@other.test', fault: '550' }).injectFault(bcc)?.code).toBe('recipients-rejected');
  expect(rules({ to: '*@OTHER.test', fault: '550' }).injectFault(bcc)?.code).toBe('recipients-rejected');
});

test('the oldest matching rule applies first, and each change is reported', () => {
  let changes = 0;
  const all = new ChaosRules(
    () => (changes += 1),
    () => NAMES,
  );
  const first = all.add({ template: 'welcome', fault: '421' });
  all.add({ to: 'ada@to.test', fault: 'timeout' });
  expect(all.injectFault(message)?.smtp?.code).toBe(421);
  expect(all.injectFault(message)?.code).toBe('timeout');
  expect(changes).toBe(4);
  expect(all.remove(first.id)).toBe(false);
  const last = all.add({ to: 'ada@to.test', fault: '550' });
  expect([all.remove(last.id), all.list.length]).toEqual([true, 0]);
  all.add({ template: 'welcome', fault: '550' });
  all.clear();
  expect([all.list.length, changes]).toEqual([0, 8]);
});

test.each([
  [null, 'got null'],
  [[], 'got an array'],
  [{ fault: '451' }, 'is for a template, or for a recipient'],
  [{ template: 'a', to: 'a@b.test', fault: '451' }, 'is for a template, or for a recipient'],
  [{ to: 'everybody', fault: '451' }, 'is for a template, or for a recipient'],
  [{ template: '', fault: '451' }, 'is for a template, or for a recipient'],
  [{ template: 'welcom', fault: '451' }, 'template: there is no template "welcom". Did you mean "welcome"?'],
  [{ template: 'zzz', fault: '451' }, 'template: there is no template "zzz".'],
  [{ template: 'a', fault: '500' }, 'fault: expected one of 421, 451, 550, timeout, got "500"'],
  [{ template: 'a', fault: '451', times: 0 }, 'times: expected a whole number from 1 to 1000, got 0'],
  [{ template: 'a', fault: '451', times: '3' }, 'got "3"'],
  [{ template: 'a', fault: '451', time: 3 }, 'A chaos rule has no "time"'],
])('an invalid rule is refused: %j', (given, error) => {
  expect(() => rules().add(given)).toThrow(error);
});

test('any template name is accepted if a source may have more templates', () => {
  const all = new ChaosRules(
    () => undefined,
    () => undefined,
  );
  expect(all.add({ template: 'newsletter', fault: '451' })).toMatchObject({ template: 'newsletter' });
});

/** Scripts of servers that really fail in the way of a rule. */
const SCRIPTS: Readonly<Record<Exclude<ChaosFault, 'timeout'>, Script>> = {
  '421': (line) => (line.startsWith('MAIL') ? '421 4.3.2 Service shutting down' : undefined),
  '451': (line) => (line === 'END' ? '451 4.3.0 Try again later' : undefined),
  '550': (line) => (line.startsWith('RCPT') ? '550 5.1.1 No such user here' : undefined),
};

const TRAITS = ['code', 'retryable', 'scope', 'outcome', 'smtp', 'rejected'] as const;

function traitsOf(error: unknown): unknown[] {
  return TRAITS.map((trait) => (typeof error === 'object' && error ? Reflect.get(error, trait) : undefined));
}

/** The error of a mail sent to a real server with that script. */
async function fromServer(script: Script, options?: SendOptions): Promise<unknown> {
  const { port } = await server(script);
  const { mail } = await queueing(at(port));
  const sending = mail.send({ to: 'ada@to.test', subject: 'Hi', text: 'x' }, options);
  return sending.catch((error: unknown) => error);
}

test.each(Object.entries(SCRIPTS))(
  'an injected %s equals the error from a real server',
  async (fault, script) => {
    const real = await fromServer(script);
    const injected = rules({ template: 'welcome', fault }).injectFault(message);
    expect(traitsOf(injected)).toEqual(traitsOf(real));
    expect(injected?.message).toContain('A chaos rule of the mail inbox');
  },
);

test('an injected timeout equals the error from a silent server', async () => {
  const real = await fromServer((line) => (line.startsWith('EHLO') ? SILENCE : undefined), { timeout: 100 });
  const injected = rules({ template: 'welcome', fault: 'timeout' }).injectFault(message);
  expect(traitsOf(injected)).toEqual(traitsOf(real));
});
