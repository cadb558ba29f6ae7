import { type RenderedMessage, route } from 'nest-mailroom';
import { MailError } from '../../../src/errors/mail-error.js';
import { down, failure, MemberTransport } from '../../support/member-transport.js';
import { renderedMessage } from '../../support/rendered-message.js';

const signal = new AbortController().signal;

function routed(pick: (message: RenderedMessage) => string) {
  const [eu, us] = [new MemberTransport('one'), new MemberTransport('two')];
  return { eu, us, whole: Reflect.apply(route, undefined, [pick, { eu, us }]) as ReturnType<typeof route> };
}

test.each<[string, (message: RenderedMessage) => string, Partial<RenderedMessage>]>([
  [
    'domain',
    ({ envelope }) => (envelope.to.some((to) => to.endsWith('.us')) ? 'us' : 'eu'),
    { envelope: { from: '', to: ['a@b.us'] } },
  ],
  ['tag', ({ tags }) => (tags.includes('us') ? 'us' : 'eu'), { tags: ['us'] }],
  ['mailer', ({ mailer }) => (mailer === 'us' ? 'us' : 'eu'), { mailer: 'us' }],
  ['metadata', ({ metadata }) => metadata['region'] ?? 'eu', { metadata: { region: 'us' } }],
])('mails are sent by %s', async (_what, pick, parts) => {
  const { whole } = routed(pick);
  expect(whole.name).toBe('route(eu us)');
  expect((await whole.send(renderedMessage(), { signal })).transport).toBe('eu');
  expect((await whole.send(renderedMessage(parts), { signal })).transport).toBe('us');
});

test('a mail whose member is down goes to no other, and blames that member alone', async () => {
  const { eu, us, whole } = routed(() => 'eu');
  eu.standing = down();
  expect(await failure(whole.send(renderedMessage(), { signal }))).toMatchObject({
    code: 'transport-unavailable',
    transport: 'eu',
  });
  expect(us.asked).toHaveLength(0);
});

test('a mail that may have been sent stays with its member, whatever the function says', async () => {
  const { whole } = routed(() => 'eu');
  expect((await whole.send(renderedMessage(), { signal, pinnedTo: 'us' })).transport).toBe('us');
});

test('only the member of a mail has to be able to carry it', () => {
  const { eu, us, whole } = routed(() => 'eu');
  us.unsayable = new MailError('unsupported', 'no');
  whole.check?.(renderedMessage());
  eu.unsayable = us.unsayable;
  expect(() => whole.check?.(renderedMessage())).toThrow('no');
});

test.each<[string, () => unknown, string]>([
  ['another name', () => 'uss', 'expected the name of a member among eu, us, got "uss". Did you mean "us"?'],
  ['nothing', () => undefined, 'among eu, us, got nothing.'],
  ['a property of objects', () => 'toString', 'among eu, us, got "toString".'],
  ['an error', () => JSON.parse('{'), 'the function that names the member failed: '],
])('a function that gives %s refuses this mail alone, at the caller', async (_what, pick, says) => {
  const { whole } = routed(pick as () => string);
  const error = await failure((async () => whole.check?.(renderedMessage()))());
  expect(error).toMatchObject({ code: 'config', scope: 'mail', retryable: false });
  expect(error.message).toContain(says);
  expect((await failure(whole.send(renderedMessage(), { signal }))).message).toContain(says);
});

test.each([
  [[undefined, {}], /expected a function that names a member, got nothing/],
  [[() => 'a', {}], /expected a list of transports, got an empty one/],
  [[() => 'a', { 'a b': new MemberTransport('a') }], /expected as name a word such as main, got "a b"/],
])('%j is refused', (given, says) => {
  expect(() => Reflect.apply(route, undefined, given)).toThrow(says);
});
