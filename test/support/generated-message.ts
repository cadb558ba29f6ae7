import type {
  Headers,
  Mailbox,
  MessageAlternative,
  MessageAttachment,
  RenderedMessage,
} from '../../src/message/message.js';
import { renderedMessage } from './rendered-message.js';
import type { Seeded } from './seeded.js';

const WORDS = [
  'hello', 'a', 'Grüße', 'naïve', '中文字', 'Привет', '😀', '👩‍👩‍👧', 'e\u0301', '=', '=3D', '?=', '=?', 'x_y',
  '.', '..', 'From', '"quoted"', 'a,b', 'a;b', '<p class="x">', '</p>', '&amp;', 'https://x.test/?a=1&b=2',
  '\u00a0', '\u0085', '\u2028', '\t', '\\', '#', '%', "it's", 'ZZZ'.repeat(20), 'ä'.repeat(50), '日'.repeat(40),
] as const; // prettier-ignore
const LETTERS = [
  'Ada', 'Björk', '中村', 'O\'Brien', 'Dr.', '(x)', 'Müller', 'Ω', '😀', 'a,b', '"q"', 'back\\slash', 'long'.repeat(9),
] as const; // prettier-ignore
const LINE_ENDS = ['\n', '\r\n', '\r', '\n\n', ' \n', '\t\r\n', '\n.', '\r\n..\r\n'] as const;
const TYPES = [
  'application/pdf', 'image/png', 'text/plain', 'text/csv; charset=utf-8', 'application/octet-stream',
  'text/plain; charset="iso-8859-1"', 'application/x-y; a="b c"; d=e', 'application/vnd.x+json',
] as const; // prettier-ignore

/** A checked message that can be anything a mail can be. */
export function generatedMessage(random: Seeded, index: number): RenderedMessage {
  const { text: _text, html: _html, ...bare } = renderedMessage();
  return {
    ...bare,
    messageId: `<${index}.${'x'.repeat(random.oneIn(20) ? 80 : 8)}@from.test>`,
    date: new Date(Date.UTC(2020, random.below(100), 1, 1, random.below(60), random.below(60))),
    ...addresses(random),
    subject: random.oneIn(20) ? '' : words(random, random.below(random.oneIn(5) ? 60 : 8), LETTERS_AND_WORDS),
    ...(!random.oneIn(6) && { text: body(random) }),
    ...(!random.oneIn(5) && { html: body(random) }),
    alternatives: random.oneIn(5) ? random.list(1 + random.below(2), () => alternative(random)) : [],
    attachments: random.oneIn(3) ? random.list(1 + random.below(3), (at) => attachment(random, at)) : [],
    headers: headers(random, random.oneIn(10) ? 40 : random.below(4)),
  };
}

const LETTERS_AND_WORDS = [
  'Re:', 'Your', 'order', ...LETTERS, 'Grüße', '=?utf-8?Q?x?=', 'x=?y', '日'.repeat(30), 'ab', '!', 'ß',
] as const; // prettier-ignore

function words(random: Seeded, count: number, from: readonly [string, ...string[]]): string {
  return random
    .list(count, () => random.pick(from))
    .join(random.oneIn(10) ? '' : ' ')
    .trim();
}

function addresses(random: Seeded): Pick<RenderedMessage, 'from' | 'to' | 'cc' | 'replyTo' | 'sender'> {
  return {
    from: mailbox(random),
    ...(random.oneIn(8) && { sender: mailbox(random) }),
    to: random.list(random.oneIn(10) ? 30 : random.below(4), () => mailbox(random)),
    cc: random.list(random.oneIn(4) ? random.below(4) : 0, () => mailbox(random)),
    replyTo: random.list(random.oneIn(4) ? 1 : 0, () => mailbox(random)),
  };
}

const LOCALS = ['ada', 'Ada.L+x', "o'b", 'a_b-c', 'ünï', 'x'.repeat(60)] as const;
const DOMAINS = [
  'to.test',
  'bücher.test',
  'xn--bcher-kva.test',
  'a.b-c.d1.test',
  '123.test',
  'Upper.Test',
  '[192.0.2.1]',
  'a--b.test',
] as const;

function mailbox(random: Seeded): Mailbox {
  const address = `${random.pick(LOCALS)}@${random.pick(DOMAINS)}`;
  const name = random.oneIn(3) ? '' : words(random, 1 + random.below(5), LETTERS);
  return name === '' ? { address } : { address, name };
}

/** Plain, ragged, foreign, empty, or of one long line. */
function body(random: Seeded): string {
  const kind = random.below(10);
  if (kind === 0) return '';
  if (kind === 1)
    return random.list(random.below(200), () => random.pick(['a', 'é', ' ', '=', '\n'])).join('');
  if (kind === 2)
    return random.list(random.below(60), () => 'plain words in short lines').join(random.pick(LINE_ENDS));
  if (kind === 3) return 'x'.repeat(random.below(random.oneIn(16) ? 140_000 : 1100));
  const vocabulary = kind < 6 ? LETTERS_AND_WORDS : WORDS;
  return random
    .list(random.below(kind === 9 ? 300 : 80), () => random.pick(vocabulary))
    .map((word) => word + (random.oneIn(6) ? random.pick(LINE_ENDS) : random.pick([' ', '', ' '])))
    .join('');
}

function alternative(random: Seeded): MessageAlternative {
  const contentType = random.pick([
    'text/calendar; charset=utf-8; method=REQUEST', 'text/x-amp-html', 'text/markdown; charset=utf-8',
    'application/json', 'text/html; charset=utf-8',
  ]); // prettier-ignore
  return { contentType, content: Buffer.from(body(random)) };
}

function attachment(random: Seeded, at: number): MessageAttachment {
  const cid = random.oneIn(3) ? `image-${at}@x.test` : undefined;
  return {
    ...(!random.oneIn(8) && { filename: filename(random) }),
    content: random.bytes(random.oneIn(10) ? 0 : random.below(700)),
    contentType: random.oneIn(15) ? 'message/rfc822' : random.pick(TYPES),
    ...(cid !== undefined && { cid }),
    disposition: cid === undefined || random.oneIn(4) ? 'attachment' : 'inline',
    headers: headers(random, random.oneIn(4) ? 2 : 0),
  };
}

function filename(random: Seeded): string {
  const stem = words(random, 1 + random.below(6), [...LETTERS, "a'b", '=?utf-8?Q?x?=', '-x', 'file']);
  return `${stem.replaceAll('\\', '')}.${random.pick(['pdf', 'tar.gz', 'ü'])}`;
}

const NAMES = [
  'X-Trace', 'x-entity-ref-id', 'List-Unsubscribe', 'list-id', 'X-SMTPAPI', 'DKIM-Note', 'feedback-id', 'Auto-Submitted',
  'X-MD5', 'mime-note', 'Precedence', 'x', 'X-a-SPF',
] as const; // prettier-ignore

function headers(random: Seeded, count: number): Headers {
  const fields = random.list(count, (at): [string, string | string[]] => {
    const name = random.oneIn(2) ? random.pick(NAMES) : `X-Field-${at}`;
    const value = () => words(random, random.below(random.oneIn(5) ? 40 : 6), LETTERS_AND_WORDS);
    return [name, random.oneIn(5) ? [value(), value()] : value()];
  });
  const ids = random.list(random.below(8), (at) => `<${at}.${'y'.repeat(20)}@other.test>`);
  const thread: [string, string][] = [
    ['In-Reply-To', ids.at(-1) ?? ''],
    ['References', ids.join(' ')],
  ];
  return Object.fromEntries(random.oneIn(6) && count > 0 ? [...fields, ...thread] : fields);
}
