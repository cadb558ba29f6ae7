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

test('a rule strikes as often as it was told, and is gone then', () => {
  const all = rules({ template: 'welcome', fault: '451', times: 2 });
  expect(all.list).toEqual([
    { id: expect.any(String) as string, template: 'welcome', fault: '451', left: 2 },
  ]);
  expect(all.strike(renderedMessage({ template: 'receipt' }))).toBeUndefined();
  expect(all.strike(message)?.smtp?.code).toBe(451);
  expect(all.list).toMatchObject([{ left: 1 }]);
  expect(all.strike(message)?.smtp?.code).toBe(451);
  expect(all.list).toEqual([]);
  expect(all.strike(message)).toBeUndefined();
});

test('a rule for a recipient is an address or a pattern, of Bcc too', () => {
  const bcc = renderedMessage({ envelope: { from: 'a@from.test', to: ['ada@to.test', 'eve@other.test'] } });
  expect(rules({ to: 'eve@other.test', fault: '550' }).strike(message)).toBeUndefined();
  expect(rules({ to: 'eve@other.test', fault: '550' }).strike(bcc)?.code).toBe('recipients-rejected');
  expect(rules({ to: '*@OTHER.test', fault: '550' }).strike(bcc)?.code).toBe('recipients-rejected');
});

test('the oldest rule that matches is used up first; whoever shows them is told of each change', () => {
  let changes = 0;
  const all = new ChaosRules(
    () => (changes += 1),
    () => NAMES,
  );
  const first = all.add({ template: 'welcome', fault: '421' });
  all.add({ to: 'ada@to.test', fault: 'timeout' });
  expect(all.strike(message)?.smtp?.code).toBe(421);
  expect(all.strike(message)?.code).toBe('timeout');
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
])('what is no rule is refused: %j', (given, error) => {
  expect(() => rules().add(given)).toThrow(error);
});

test('where a source may have more templates, any name is taken', () => {
  const all = new ChaosRules(
    () => undefined,
    () => undefined,
  );
  expect(all.add({ template: 'newsletter', fault: '451' })).toMatchObject({ template: 'newsletter' });
});

/** A server that fails in life as the rule says. */
const SCRIPTS: Readonly<Record<Exclude<ChaosFault, 'timeout'>, Script>> = {
  '421': (line) => (line.startsWith('MAIL') ? '421 4.3.2 Service shutting down' : undefined),
  '451': (line) => (line === 'END' ? '451 4.3.0 Try again later' : undefined),
  '550': (line) => (line.startsWith('RCPT') ? '550 5.1.1 No such user here' : undefined),
};

const TRAITS = ['code', 'retryable', 'scope', 'outcome', 'smtp', 'rejected'] as const;

function traitsOf(error: unknown): unknown[] {
  return TRAITS.map((trait) => (typeof error === 'object' && error ? Reflect.get(error, trait) : undefined));
}

/** What a real server brings about. */
async function inLife(script: Script, options?: SendOptions): Promise<unknown> {
  const { port } = await server(script);
  const { mail } = await queueing(at(port));
  const sending = mail.send({ to: 'ada@to.test', subject: 'Hi', text: 'x' }, options);
  return sending.catch((error: unknown) => error);
}

test.each(Object.entries(SCRIPTS))(
  '%s is what a server that answers so brings about',
  async (fault, script) => {
    const real = await inLife(script);
    const staged = rules({ template: 'welcome', fault }).strike(message);
    expect(traitsOf(staged)).toEqual(traitsOf(real));
    expect(staged?.message).toContain('A chaos rule of the mail inbox');
  },
);

test('a timeout is what a server that says nothing brings about', async () => {
  const real = await inLife((line) => (line.startsWith('EHLO') ? SILENCE : undefined), { timeout: 100 });
  const staged = rules({ template: 'welcome', fault: 'timeout' }).strike(message);
  expect(traitsOf(staged)).toEqual(traitsOf(real));
});
