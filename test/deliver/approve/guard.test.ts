import { guardRecipients } from '../../../src/deliver/approve/guard.js';
import { parsePattern, type RecipientPattern } from '../../../src/deliver/approve/recipient-pattern.js';
import { MailError } from '../../../src/errors/mail-error.js';
import { renderedMessage } from '../../support/rendered-message.js';

const staging = renderedMessage({
  to: [{ address: 'ada@client.test' }, { address: 'qa@example.test' }],
  cc: [{ address: 'boss@client.test', name: 'Boss' }],
  envelope: {
    from: 'app@example.test',
    to: ['ada@client.test', 'qa@example.test', 'boss@client.test', 'hidden@client.test'],
  },
});

function allow(...patterns: string[]): RecipientPattern[] {
  return patterns.map((pattern) => parsePattern(pattern)).filter((pattern) => pattern !== undefined);
}

describe('guardRecipients', () => {
  it('changes nothing without a guard, or when everybody is allowed', () => {
    expect(guardRecipients(staging, undefined)).toEqual({ message: staging, suppressed: [] });
    const guard = { allow: allow('*@client.test', '*@example.test'), redirectTo: undefined };
    expect(guardRecipients(staging, guard).message).toBe(staging);
  });

  it('removes To, Cc and Bcc that are not allowed, and lists them', () => {
    const { message, suppressed } = guardRecipients(staging, {
      allow: allow('*@EXAMPLE.test'),
      redirectTo: undefined,
    });
    expect(message.to).toEqual([{ address: 'qa@example.test' }]);
    expect(message.cc).toEqual([]);
    expect(message.envelope).toEqual({ from: 'app@example.test', to: ['qa@example.test'] });
    expect(suppressed.map(({ address, code }) => [address, code])).toEqual([
      ['ada@client.test', 'suppressed'],
      ['boss@client.test', 'suppressed'],
      ['hidden@client.test', 'suppressed'],
    ]);
  });

  it('refuses a mail without recipients left: an empty list allows nobody', () => {
    const send = (): unknown => guardRecipients(staging, { allow: [], redirectTo: undefined });
    expect(send).toThrow(expect.objectContaining({ code: 'suppressed', retryable: false }));
    expect(send).toThrow(MailError);
    expect(send).toThrow(/hidden@client\.test.*MAIL_ALLOW_RECIPIENTS/);
  });

  it('redirects all recipients who are not allowed, once, and keeps the originals in a header', () => {
    const guard = { allow: allow('qa@example.test'), redirectTo: { address: 'catch@example.test' } };
    const { message, suppressed } = guardRecipients(staging, guard);
    expect(message.to).toEqual([{ address: 'catch@example.test' }, { address: 'qa@example.test' }]);
    expect(message.cc).toEqual([{ address: 'catch@example.test' }]);
    expect(message.envelope.to).toEqual(['catch@example.test', 'qa@example.test']);
    expect(message.headers['X-Original-To']).toEqual([
      'ada@client.test',
      'boss@client.test',
      'hidden@client.test',
    ]);
    expect(suppressed).toEqual([]);
  });

  it('redirects everything without an allow list', () => {
    const guard = { allow: [], redirectTo: { address: 'catch@example.test' } };
    expect(guardRecipients(staging, guard).message.envelope.to).toEqual(['catch@example.test']);
  });

  it('recognises both spellings of a domain', () => {
    const message = renderedMessage({
      to: [{ address: 'a@bücher.test' }],
      envelope: { from: 'app@example.test', to: ['a@xn--bcher-kva.test'] },
    });
    for (const pattern of ['*@bücher.test', '*@xn--bcher-kva.test', 'a@*.test']) {
      expect(guardRecipients(message, { allow: allow(pattern), redirectTo: undefined }).message).toBe(
        message,
      );
    }
    const strip = guardRecipients(
      { ...message, envelope: { ...message.envelope, to: [...message.envelope.to, 'b@x.test'] } },
      { allow: allow('*@bücher.test'), redirectTo: undefined },
    );
    expect(strip.message.to).toEqual(message.to);
  });

  it.each(['', 'nonsense', '@', 'a b@x.test', 'a@x.test,b@x.test', '*'])('has no pattern %j', (pattern) => {
    expect(parsePattern(pattern)).toBeUndefined();
  });

  it('reads a pattern literally except for its stars', () => {
    const [pattern] = allow('a.b+*@x.test');
    expect(pattern?.test('a.b+tag@x.test')).toBe(true);
    expect(pattern?.test('aXb+tag@x.test')).toBe(false);
    expect(pattern?.test('a.b+tag@x.test.evil.test')).toBe(false);
    expect(pattern?.test('a.b+@evil@x.test')).toBe(false);
  });
});
