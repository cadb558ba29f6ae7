import type { Mailbox } from '../../../src/message/message.js';
import { asciiAddress, domainOf } from '../../../src/message/address/address.js';
import { formatMailbox, parseMailbox, parseMailboxes } from '../../../src/message/address/mailbox.js';
import { thrown } from '../../compose/composing.js';
import { seeded } from '../seeded.js';

const ada: Mailbox = { address: 'ada@example.test', name: 'Ada Lovelace' };

describe('a mailbox is accepted', () => {
  test.each<[unknown, Mailbox]>([
    ['ada@example.test', { address: 'ada@example.test' }],
    ['  ada@example.test ', { address: 'ada@example.test' }],
    ['Ada@EXAMPLE.Test', { address: 'Ada@example.test' }],
    ['a@localhost', { address: 'a@localhost' }],
    ['evil%y.test@x.test', { address: 'evil%y.test@x.test' }],
    ["o'brien+tag=1/2{x}|`~!#$&*?^_@x.test", { address: "o'brien+tag=1/2{x}|`~!#$&*?^_@x.test" }],
    ['<ada@example.test>', { address: 'ada@example.test' }],
    ['"" <ada@example.test>', { address: 'ada@example.test' }],
    ['Ada Lovelace <ada@example.test>', ada],
    ['Ada Lovelace<ada@example.test>', ada],
    ['"Ada Lovelace" <ada@example.test>', ada],
    ['Dr. Ada <ada@example.test>', { address: 'ada@example.test', name: 'Dr. Ada' }],
    ["O'Brien & Söhne <a@x.test>", { address: 'a@x.test', name: "O'Brien & Söhne" }],
    ['"Lovelace, Ada (\\"x\\")" <a@x.test>', { address: 'a@x.test', name: 'Lovelace, Ada ("x")' }],
    ['Åda 中 😀 <a@x.test>', { address: 'a@x.test', name: 'Åda 中 😀' }],
    [{ address: 'ada@example.test', name: 'Ada Lovelace' }, ada],
    [{ address: 'ada@example.test', name: undefined }, { address: 'ada@example.test' }],
    [{ address: 'ada@example.test', name: '' }, { address: 'ada@example.test' }],
    [
      { address: 'a@x.test', name: 'ceo@bank.test' },
      { address: 'a@x.test', name: 'ceo@bank.test' },
    ],
    [
      { address: 'a@x.test', name: '"<,;:' },
      { address: 'a@x.test', name: '"<,;:' },
    ],
    ['"hello@x.test" <hello@x.test>', { address: 'hello@x.test', name: 'hello@x.test' }],
    ['hello@x.test <hello@x.test>', { address: 'hello@x.test', name: 'hello@x.test' }],
    ['"Hello@X.test" < hello@x.test >', { address: 'hello@x.test', name: 'Hello@X.test' }],
    [
      { address: 'a@x.test', name: '=?utf-8?q?x?=' },
      { address: 'a@x.test', name: '=?utf-8?q?x?=' },
    ],
    ['a@paral·lel.cat', { address: 'a@paral·lel.cat' }],
    ['a@ה׳.test', { address: 'a@ה׳.test' }],
    ['a@צה״ל.test', { address: 'a@צה״ל.test' }],
    ['a@͵α.test', { address: 'a@͵α.test' }],
    ['a@ドメイン・名.test', { address: 'a@ドメイン・名.test' }],
    ['a@نامه\u200cای.test', { address: 'a@نامه\u200cای.test' }],
    ['a@ශ්\u200dරී.test', { address: 'a@ශ්\u200dරී.test' }],
    ['a@MÜNCHEN.test', { address: 'a@münchen.test' }],
    ['a@p\u0430ypal.test', { address: 'a@p\u0430ypal.test' }],
    ['a@xn--mnchen-3ya.test', { address: 'a@xn--mnchen-3ya.test' }],
    [`${'l'.repeat(64)}@x.test`, { address: `${'l'.repeat(64)}@x.test` }],
  ])('%j', (value, mailbox) => {
    expect(parseMailbox(value, 'to')).toEqual(mailbox);
  });
});

describe('a mailbox is refused', () => {
  test.each<[unknown, RegExp]>([
    ['root', /no "@"/],
    ['', /empty/],
    ['   ', /empty/],
    ['a@', /nothing after/],
    ['@x.test', /nothing before/],
    ['a@b@c.test', /more than one "@"/],
    ['a@x.test,b@y.test', /several are an array/],
    ['g: a@x.test, b@y.test;', /several are an array/],
    ['Team: Ada <a@x.test>', /needs? quotes/],
    ['Lovelace, Ada <a@x.test>', /needs? quotes/],
    ['Ada (work) <a@x.test>', /needs? quotes/],
    ['a@x.test (Ada)', /no letter, digit/],
    ['"Ada <a@x.test>', /needs? quotes/],
    ['Ada <a@x.test', /more|not allowed|misplaced/],
    ['Ada a@x.test>', /without "<"/],
    ['<@r.test:a@x.test>', /nothing before|more than one/],
    ['"a b"@x.test', /quoted/],
    ['"ceo@bank.test" <evil@y.test>', /itself an address/],
    ['"ceo\uff20bank.test" <evil@y.test>', /itself an address/],
    ['ceo@bank.test <evil@y.test>', /needs? quotes/],
    ['=?utf-8?q?ceo=40bank.test?= <evil@y.test>', /encoded word/],
    ['a@x.test> <evil@y.test>', /needs? quotes/],
    ['a@x.test\r\nBcc: evil@y.test', /U\+000D at position 9/],
    ['Ada\n <a@x.test>', /U\+000A/],
    ['"A\u0000da" <a@x.test>', /U\+0000/],
    ['a@x.test\t', /U\+0009/],
    ['a\u007f@x.test', /U\+007F/],
    ['a@x.test\u2029', /U\+2029/],
    ['Ada \u202etset <a@x.test>', /reorders/],
    ['-oQ/tmp/x@x.test', /hyphen/],
    ['a..b@x.test', /misplaced dot/],
    ['.a@x.test', /misplaced dot/],
    ['a.@x.test', /misplaced dot/],
    ['jörg@x.test', /SMTPUTF8/],
    ['a@x..test', /two dots/],
    ['a@.test', /two dots/],
    ['a@x.test.', /ends with a dot/],
    ['a@-x.test', /inner hyphen/],
    ['a@x-.test', /inner hyphen/],
    ['a@x_y.test', /inner hyphen/],
    ['a@[127.0.0.1]', /literal/],
    ['a@127.0.0.1', /number/],
    ['a@x\uff0etest', /normal form/],
    ['a@mu\u0308nchen.test', /normal form/],
    ['a@x\u3002test', /inner hyphen/],
    ['a\uff20x.test', /no "@"/],
    ['a@x\u200d.test', /inner hyphen/],
    ['a@a·b.test', /inner hyphen/],
    ['a@·ll.test', /inner hyphen/],
    ['a@a׳.test', /inner hyphen/],
    ['a@͵a.test', /inner hyphen/],
    ['a@a・b.test', /inner hyphen/],
    ['a@・.test', /inner hyphen/],
    ['a@دا\u200cی.test', /inner hyphen/],
    ['a@a\u200cb.test', /inner hyphen/],
    ['"hello@x.test" <hello@x.test.evil.test>', /itself an address/],
    ['"hello@x.test." <hello@x.test>', /itself an address/],
    ['"hello＠x.test" <hello@x.test>', /itself an address/],
    ['A\ud800 <a@x.test>', /half a character, U\+D800/],
    [{ address: 'a@x.test', name: 'A\udc00' }, /half a character, U\+DC00/],
    ['a@xn--a.test', /internationalised/],
    [`${'l'.repeat(65)}@x.test`, /64 characters/],
    [`a@${'d'.repeat(64)}.test`, /63 characters/],
    [`a@${'d.'.repeat(130)}test`, /254 characters/],
    [`a@${'ü'.repeat(60)}.test`, /63 characters/],
    [`${'n'.repeat(256)} <a@x.test>`, /255 characters/],
    [42, /got 42/],
    [null, /got null/],
    [undefined, /got nothing/],
    [['a@x.test'], /got an array/],
    [{ name: 'ok' }, /address: .*got nothing/],
    [{ address: ['a@x.test', 'b@y.test'] }, /got an array/],
    [{ address: 'a@x.test> <evil@y.test' }, /more than one "@"/],
    [{ address: 'Ada <a@x.test>' }, /misplaced dot or a character/],
    [{ address: 'a@x.test', name: 'n\r\nBcc: e@y.test' }, /U\+000D/],
    [{ address: 'a@x.test', name: 7 }, /got 7/],
    [{ address: 'a@x.test', nmae: 'x' }, /Did you mean "name"\?/],
  ])('%j', (value, reason) => {
    const error = thrown(() => parseMailbox(value, 'to'));
    expect(error).toMatchObject({ code: 'message-invalid', scope: 'mail', retryable: false });
    expect(error.message).toMatch(/^to/);
    expect(error.message).toMatch(reason);
    expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    expect(error.message.length).toBeLessThan(500);
  });
});

test.each([
  ['groups', 'g:'.repeat(20_000) + 'a@x.test' + ';'.repeat(20_000)],
  ['quotes', '"'.repeat(50_001)],
  ['comments', '('.repeat(50_000)],
  ['escapes', `"${'\\\\'.repeat(50_000)}" <a@x.test>`],
  ['a local part', `${'a'.repeat(1_000_000)}@x.test`],
])('no walk over a text that is longer than any mailbox: %s', (_, text) => {
  expect(thrown(() => parseMailbox(text, 'to')).message).toContain(`which has ${text.length} characters`);
  expect(thrown(() => parseMailbox({ address: text }, 'to')).message).toContain('longer than 254');
});

test('the error names the place in the array and the recipient', () => {
  const error = thrown(() => parseMailboxes(['a@x.test', 'B <b@y..test>'], 'cc'));
  expect(error.at).toEqual({ field: 'cc[1]', recipient: 'b@y..test' });
});

test('a server URL pasted as a sender or recipient does not put its password into the error', () => {
  for (const field of ['from', 'to']) {
    const error = thrown(() => parseMailbox('smtp://user:hunter2@mail.test', field));
    expect(JSON.stringify([error.message, error.at])).not.toContain('hunter2');
  }
});

test('an array gives its mailboxes in order; a single one is an array of one', () => {
  expect(parseMailboxes(['a@x.test', ada], 'to')).toEqual([{ address: 'a@x.test' }, ada]);
  expect(parseMailboxes(ada, 'to')).toEqual([ada]);
  // A hole is no mailbox.
  expect(thrown(() => parseMailboxes(Array(1), 'to')).at?.field).toBe('to[0]');
});

test('the wire form of a domain is ASCII', () => {
  expect(asciiAddress('a@münchen.test')).toBe('a@xn--mnchen-3ya.test');
  expect(asciiAddress('Ada@x.test')).toBe('Ada@x.test');
  expect(domainOf('a@日本.test')).toBe('xn--wgv71a.test');
});

test.each<[Mailbox, string]>([
  [{ address: 'a@x.test' }, 'a@x.test'],
  [ada, 'Ada Lovelace <ada@example.test>'],
  [{ address: 'a@x.test', name: 'Lovelace, "Ada" \\' }, '"Lovelace, \\"Ada\\" \\\\" <a@x.test>'],
  [{ address: 'a@p\u0430ypal.test' }, 'a@xn--pypal-4ve.test'],
])('%j reads %s', (mailbox, text) => {
  expect(formatMailbox(mailbox)).toBe(text);
});

test('what formatMailbox writes, parseMailbox reads', () => {
  const random = seeded(1815);
  for (let round = 0; round < 500; round += 1) {
    const name = random.text('Ada Bé.中,;:()<>"\\\'&', 1 + random.below(20)).trim() || 'A';
    const address = `${random.text('abc+_', 1 + random.below(10))}@${random.text('xyz', 3)}.test`;
    const mailbox = { address, name };
    expect(parseMailbox(formatMailbox(mailbox), 'to')).toEqual(mailbox);
  }
});

test('every accepted text is one clean address of the input', () => {
  const random = seeded(1852);
  const good = 'Ab <ab.a@ab.ba>';
  let taken = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const at = random.below(good.length);
    const noise = random.text('ab@.<>",;: \\\r\n\u0000\u2028\uff20\uff0eé-()', random.below(4));
    const text = good.slice(0, at) + noise + good.slice(at + random.below(3));
    const mailbox = attempt(text);
    if (mailbox === undefined) continue;
    taken += 1;
    expect(asciiAddress(mailbox.address)).toMatch(
      /^[ab](?:[ab-]|\.(?!\.|@))*@[ab][a-z0-9.-]*$|^ab[^@]*@xn--/,
    );
    expect(text).toContain(mailbox.address);
    expect(mailbox.name ?? '').not.toMatch(/[\r\n\u0000\u2028]|\S@\S/);
  }
  expect(taken).toBeGreaterThan(1000);
});

function attempt(text: string): Mailbox | undefined {
  try {
    return parseMailbox(text, 'to');
  } catch (error) {
    expect(error).toMatchObject({ code: 'message-invalid' });
    return undefined;
  }
}
