import { encode, wrap } from 'nodemailer/lib/qp';
import { quotedPrintable } from '../../src/mime/quoted-printable.js';
import { Seeded } from '../support/seeded.js';

const CASES = 1500;

/** Letters, escapes, line ends, and what is no UTF-8: stray continuations, heads without a tail. */
const OCTETS = [0x61, 0x62, 0x3d, 0x2e, 0x20, 0x09, 0x0a, 0x00, 0x7f, 0x80, 0xbf, 0xc3, 0xe6, 0xf0] as const;

/** Octets of a few kinds only, in runs, so that long lines of one kind come up. */
function octets(random: Seeded): Buffer {
  const kinds = random.list(1 + random.below(4), () => random.pick(OCTETS));
  const [first = 0x61, ...others] = kinds;
  const runs = random.list(random.below(12), () =>
    Buffer.alloc(random.below(60), random.pick([first, ...others])),
  );
  return Buffer.concat(runs);
}

function decoded(text: string): Buffer {
  const joined = text.replaceAll('=\r\n', '').replaceAll('\r\n', '\n');
  return Buffer.from(
    joined.replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

test('all octets come back, in short lines that do not end in white space', () => {
  const random = new Seeded(7);
  for (const content of random.list(CASES, () => octets(random))) {
    const text = quotedPrintable(content);
    expect(decoded(text).equals(content)).toBe(true);
    const longest = Math.max(...text.split('\r\n').map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(76);
    expect(text).not.toMatch(/[ \t]\r?\n|[ \t]$|[^\r]\n/);
  }
});

test('lines are broken where nodemailer breaks them', () => {
  const random = new Seeded(8);
  for (const raw of random.list(CASES, () => octets(random))) {
    const content = Buffer.concat([raw, Buffer.from('.')]);
    const expected = wrap(encode(content)).replaceAll(/\r?\n/g, '\r\n');
    expect(quotedPrintable(content)).toBe(expected);
  }
});

test.each([65_535, 65_536, 65_537, 200_000])('%d octets are as good as a few', (length) => {
  const content = Buffer.from('Grüße aus Köln, '.repeat(length).slice(0, length));
  const text = quotedPrintable(content);
  expect(decoded(text).equals(content)).toBe(true);
  expect(text.split('\r\n').every((line) => line.length <= 76)).toBe(true);
});
