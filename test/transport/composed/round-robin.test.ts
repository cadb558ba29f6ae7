import { roundRobin } from 'nest-mailroom';
import { Seeded } from '../../support/seeded.js';
import { down, failure, MemberTransport, unknown } from '../../support/member-transport.js';
import { renderedMessage } from '../../support/rendered-message.js';

const signal = new AbortController().signal;
const message = renderedMessage();

async function carriers(whole: ReturnType<typeof roundRobin>, count: number): Promise<string> {
  const names: string[] = [];
  for (let n = 0; n < count; n += 1) names.push((await whole.send(message, { signal })).transport);
  return names.join('');
}

const members = (names: string): MemberTransport[] =>
  names.split('').map((name) => new MemberTransport(name));

test.each([
  [undefined, 'abcabc'],
  [[1, 1, 1], 'abcabc'],
  [[3, 1, 1], 'abacaabaca'],
  [[5, 1], 'aaabaa'],
])('weights %j give the turns %s', async (weights, turns) => {
  const whole = roundRobin(members('abc'.slice(0, weights?.length ?? 3)), { weights });
  expect(await carriers(whole, turns.length)).toBe(turns);
});

test('any weights give each member its share of every round', async () => {
  const seeded = new Seeded(18);
  for (let round = 0; round < 20; round += 1) {
    const weights = seeded.list(1 + seeded.below(5), () => 1 + seeded.below(9));
    const names = 'abcdef'.slice(0, weights.length);
    const whole = roundRobin(members(names), { weights });
    const turns = await carriers(
      whole,
      weights.reduce((sum, weight) => sum + weight, 0),
    );
    expect(names.split('').map((name) => turns.split(name).length - 1)).toEqual(weights);
  }
});

test('a mail whose member cannot send goes on, and later ones leave it out without unequal shares', async () => {
  const [a, b, c] = members('abc');
  if (!a || !b || !c) throw new Error('three members');
  a.standing = down();
  const whole = roundRobin([a, b, c]);
  expect(await carriers(whole, 7)).toBe('bbcbcbc');
  expect(a.asked).toHaveLength(1);
});

test('a mail that may have been sent goes to no other member', async () => {
  const [a, b] = members('ab');
  if (!a || !b) throw new Error('two members');
  a.acts.push(unknown());
  expect(await failure(roundRobin([a, b]).send(message, { signal }))).toMatchObject({ transport: 'a' });
  expect(b.asked).toHaveLength(0);
});

test.each([[[1]], [[1, 0]], [[1, 1.5]], [[1, 1, 1]], [[1, 1001]], ['11'], [[1, undefined]]])(
  'weights %j are refused',
  (weights) => {
    const make = () => Reflect.apply(roundRobin, undefined, [members('ab'), { weights }]);
    expect(make).toThrow(
      'roundRobin(): expected as weights 2 whole numbers from 1 to 1000, one for each member',
    );
  },
);
