import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newestNode } from '../support/newer-node.js';

const SCRIPT = join(__dirname, '../support/runtime-answers.mjs');
const NO_NAME = 'whose domain is no valid internationalised name';
const REFUSED = 'refused: message-invalid';

/** Questions that Node 20, 22, 24 and 26 answer differently, now or once; the module must not. */
const ROWS: ReadonlyArray<readonly [kind: string, text: string, answer: string | null]> = [
  // An encoded label that nothing is encoded as: Node 24 and 26 take it.
  ['address', 'xn--a.test', NO_NAME],
  ['address', 'xn--0.test', NO_NAME],
  ['address', 'xn--zzzzzzzz.test', NO_NAME],
  ['address', 'xn--bcher-kvb.test', NO_NAME],
  ['address', 'xn--ab--c.test', NO_NAME],
  ['address', 'xn--a-ecp.ru', NO_NAME],
  ['address', 'xn--bcher-kva.test', 'xn--bcher-kva.test'],
  ['address', 'XN--BCHER-KVA.test', 'xn--bcher-kva.test'],
  ['address', 'xn--fa-hia.de', 'xn--fa-hia.de'],
  ['address', 'faß.de', 'xn--fa-hia.de'],
  // A capital sharp s was "ss".
  ['address', '\u1e9e.test', 'xn--zca.test'],
  ['address', '\u10a0.test', 'xn--rkj.test'],
  // Names from right to left (RFC 5893): Node 20 and 22 do not look at them.
  ['address', 'א.test', 'xn--4db.test'],
  ['address', 'אa.test', NO_NAME],
  ['address', 'aא.test', NO_NAME],
  ['address', '1א.test', NO_NAME],
  ['address', 'א1.test', 'xn--1-zhc.test'],
  ['address', 'א١1.test', NO_NAME],
  ['address', '١.test', NO_NAME],
  ['address', '1a.א', NO_NAME],
  ['address', 'xn--a-0hc.test', NO_NAME],
  ['address', 'شبكة.test', 'xn--ngbc5azd.test'],
  // Letters of Unicode 16 and 17, and a filler that shows nothing.
  ['address', '\u{10d70}.test', NO_NAME],
  ['address', '\ua7cf.test', NO_NAME],
  ['address', '\u{2ebf0}.test', NO_NAME],
  ['address', 'xn--078a.test', NO_NAME],
  ['address', '\u1160.test', NO_NAME],
  ['url', 'https://xn--a.test/', null],
  ['url', 'https://xn--.test/', null],
  ['url', 'http://xn--zzzzzzzz.test/', null],
  ['url', 'https://1א.test/', null],
  ['url', 'https://ab־.א/', null],
  ['url', 'https://xn--ls8h.test/', 'https://xn--ls8h.test/'],
  ['url', 'https://bücher.test/ü', 'https://xn--bcher-kva.test/%C3%BC'],
  ['url', 'https://a.test/x^y?x^y#x^y', 'https://a.test/x%5Ey?x^y#x^y'],
  ['url', 'smtp://xn--a:25', 'smtp://xn--a:25'],
  // To Node 26 it is a language.
  ['locale', 'und', null],
  ['locale', 'und-US', null],
  ['locale', 'no', 'no'],
  ['locale', 'iw', 'he'],
  // Offsets are zones from Node 22 on; what an alias stands for changed with 26.
  ['timeZone', '+01:00', REFUSED],
  ['timeZone', '-0500', REFUSED],
  ['timeZone', 'EST5EDT', 'EST5EDT'],
  ['timeZone', 'Asia/Kolkata', 'Asia/Kolkata'],
  ['timeZone', 'europe/paris', 'Europe/Paris'],
];

async function answersOf(node: string): Promise<readonly unknown[]> {
  const questions = JSON.stringify(ROWS.map(([kind, text]) => [kind, text]));
  const { stdout } = await promisify(execFile)(node, [SCRIPT, questions]);
  return JSON.parse(stdout) as readonly unknown[];
}

const expected = ROWS.map(([kind, text, answer]) => [kind, text, answer]);

test.each([
  ['this Node.js', () => process.execPath],
  ['the newest Node.js', newestNode],
])('what the runtime decides does not differ with the runtime: %s', async (_, node) => {
  const answers = await answersOf(node());
  expect(ROWS.map(([kind, text], index) => [kind, text, answers[index]])).toEqual(expected);
});
