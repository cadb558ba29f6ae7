import type { Mail } from '../../src/message/mail.js';
import { compose } from '../../src/compose/compose.js';
import { parsePattern } from '../../src/deliver/approve/recipient-pattern.js';
import { mailHtml } from '../../src/inbox/messages/mail-html.js';
import { findingsOf } from '../../src/inbox/findings/mail-findings.js';
import { redact } from '../../src/inbox/capture/redact.js';
import { linkFault } from '../../src/inbox/links/link-fault.js';
import { parseQuery } from '../../src/inbox/messages/message-query.js';
import { headersOf } from '../../src/inbox/messages/message-view.js';
import { redactUrl, show, withoutPeople } from '../../src/errors/show.js';
import { codesIn } from '../../src/message/extract/codes.js';
import { linksIn } from '../../src/message/extract/links.js';
import { absentContentIds } from '../../src/message/parts/content-ids.js';
import { checkRendered } from '../../src/message/rendered.js';
import { composeMime } from '../../src/mime/compose-mime.js';
import { readFault } from '../../src/transport/smtp/smtp-fault.js';
import { deriveText } from '../../src/render/text/derived-text.js';
import { splitFrontMatter } from '../../src/render/syntax/front-matter.js';
import { htmlTokens } from '../../src/render/inline/html-tokens.js';
import { readMessageFile } from '../../src/render/i18n/message-file.js';
import { hideTags } from '../../src/render/mjml/hidden-tags.js';
import { mjmlOutline } from '../../src/render/mjml/mjml-outline.js';
import { measureNesting } from '../../src/render/faults/nesting.js';
import { withPreheader } from '../../src/render/format/preheader.js';
import { TemplateFaults } from '../../src/render/faults/template-fault.js';
import { exponentOf, LIMIT, refusable, repeated } from '../support/growth.js';
import { HOSTILE_HTML, HOSTILE_TEXTS } from '../support/hostile-texts.js';

type Make = (size: number) => string;

const LIMITS = { maxRecipients: 1_000_000, maxMessageSize: 2 ** 30 };
const DEFAULTS = { ...LIMITS, mailer: 'default', attachmentRoots: [], asciiFilenames: false };
const AROUND = { now: () => new Date(0), randomId: () => 'id' };

/** All the way from a caller's mail to bytes, as far as it is let through. */
async function written(fields: Partial<Mail>): Promise<void> {
  const mail: Mail = { from: 'a@x.test', to: 'b@x.test', text: '', ...fields };
  const { body, timeZone: _, ...message } = await compose(mail, DEFAULTS, AROUND);
  if ('template' in body) return;
  const rendered = { ...message, ...body, subject: body.subject ?? '' };
  await composeMime(checkRendered(rendered));
}

/** Each public field of a mail, and what reads texts of strangers, with its largest size where that is bounded. */
const READERS: Readonly<Record<string, readonly [largest: number, read: (text: string) => unknown]>> = {
  text: [64_000, (text) => written({ text })],
  html: [64_000, (html) => written({ html })],
  subject: [998, (subject) => written({ subject })],
  to: [810, (to) => written({ to })],
  'a name': [255, (name) => written({ to: { address: 'b@x.test', name } })],
  'an attachment in base64': [
    64_000,
    (content) => written({ attachments: [{ filename: 'a', encoding: 'base64', content }] }),
  ],
  'an attachment in hex': [
    64_000,
    (content) => written({ attachments: [{ filename: 'a', encoding: 'hex', content }] }),
  ],
  'an attached text': [64_000, (content) => written({ attachments: [{ filename: 'a.txt', content }] })],
  'an attached mail': [
    64_000,
    (content) => written({ attachments: [{ filename: 'a.eml', contentType: 'message/rfc822', content }] }),
  ],
  'the name of a file': [255, (filename) => written({ attachments: [{ filename, content: 'x' }] })],
  'a media type': [255, (contentType) => written({ attachments: [{ contentType, content: 'x' }] })],
  'a calendar': [64_000, (content) => written({ icalEvent: { content } })],
  'an alternative': [
    64_000,
    (content) => written({ alternatives: [{ contentType: 'text/x-amp-html', content }] }),
  ],
  'a header': [8_192, (value) => written({ headers: { 'X-A': value } })],
  'a structured header': [8_192, (value) => written({ headers: { 'List-Id': value } })],
  inReplyTo: [65_536, (inReplyTo) => written({ inReplyTo })],
  references: [64_000, (references) => written({ references: references.split(' ') })],
  messageId: [900, (messageId) => written({ messageId })],
  listUnsubscribe: [890, (url) => written({ listUnsubscribe: { url, mailto: url } })],
  'the name of an unknown field': [64_000, (name) => written({ [name]: 1 })],
  'a pattern of the guard': [
    4_000,
    (text) => parsePattern(text)?.test(`${'a'.repeat(60)}@${'a'.repeat(60)}.b`),
  ],
  'a pattern full of stars': [
    4_000,
    (text) => parsePattern(`*@${'*a'.repeat(text.length)}.test`)?.test(`a@${'a'.repeat(240)}.b`),
  ],
  'a value that is shown': [64_000, (text) => show(text)],
  'a URL that is shown': [64_000, (text) => redactUrl(`smtp://${text}`)],
  'a link': [64_000, (text) => linkFault(text)],
  'what a server said': [
    64_000,
    (text) => withoutPeople(readFault({ response: `550 ${text}`, message: text }).text),
  ],
  'a search': [1_000, (q) => parseQuery({ q })],
  'headers of a received mail': [64_000, (text) => headersOf(Buffer.from(text))],
  'a context': [64_000, (text) => redact({ text, url: `http://${text}`, [text]: text })],
  'front matter': [64_000, (text) => splitFrontMatter('a', `---\n${text}\n---\n`, new TemplateFaults())],
  'a catalog': [
    64_000,
    (a) => readMessageFile({ path: 'a', locale: 'en', content: JSON.stringify({ a }) }, new TemplateFaults()),
  ],
  'a template before it is parsed': [64_000, (text) => measureNesting('a', text, 1)],
};

/** What reads html, be it of a template, a value or a stranger's mail. */
const HTML_READERS: Readonly<Record<string, (html: string) => unknown>> = {
  'text of it': deriveText,
  'codes in it': (html) => codesIn({ html, text: html }),
  'links in it': (html) => linksIn({ html, text: html }),
  'cids in it': (html) => absentContentIds({ html: `${html}cid:`, attachments: [] }),
  findings: (html) => findingsOf({ html, text: html, attachments: [] }),
  'the frame of the inbox': (html) => mailHtml({ ...EMPTY, html }, 'files'),
  tokens: (html) => htmlTokens(html),
  'a preheader put into it': (html) => withPreheader(html, 'x'),
  'an outline of MJML': (html) => mjmlOutline(hideTags(html)),
};

const NOBODY = { address: 'a@x.test' };
const EMPTY = {
  messageId: '<a@x.test>',
  date: new Date(0),
  envelope: { from: NOBODY.address, to: [NOBODY.address] },
  from: NOBODY,
  to: [],
  cc: [],
  replyTo: [],
  subject: '',
  attachments: [],
  alternatives: [],
  headers: {},
  mailer: 'default',
  tags: [],
  metadata: {},
};

/** Values of thousands of small parts. */
const MANY: Readonly<
  Record<string, readonly [largest: number, make: Make, read: (text: string) => unknown]>
> = {
  recipients: [
    16_000,
    repeated('a'),
    (text) => written({ to: Array.from({ length: text.length }, (_, index) => `a${index}@x.test`) }),
  ],
  'keys of front matter': [
    64_000,
    (size) => Array.from({ length: size / 8 }, (_, index) => `k${index}: 1`).join('\n'),
    (text) => splitFrontMatter('a', `---\n${text}\n---\n`, new TemplateFaults()),
  ],
  'keys of a sample': [
    64_000,
    (size) => Array.from({ length: size / 10 }, (_, index) => `  k${index}: 1`).join('\n'),
    (text) => splitFrontMatter('a', `---\nsample:\n${text}\n---\n`, new TemplateFaults()),
  ],
  'faults of a catalog': [
    64_000,
    (size) => `{${Array.from({ length: size / 10 }, (_, index) => `"k${index}":1`).join(',\n')}}`,
    (content) => readMessageFile({ path: 'a', locale: 'en', content }, new TemplateFaults()),
  ],
  'begun comments of a template': [64_000, repeated('{{!--'), (text) => measureNesting('a', text, 1)],
  'escaped tags of a template': [64_000, repeated('\\{{"'), hideTags],
  'begun tags of a template': [64_000, repeated('{{"\\"'), hideTags],
  'raw blocks that never end': [64_000, repeated('{{{{a}}}}'), hideTags],
  'tags between elements of MJML': [
    64_000,
    (size) => `<mjml><mj-attributes>${repeated('<mj-all a="{{b}}">{{c}}')(size)}`,
    (text) => mjmlOutline(hideTags(text)),
  ],
};

/** One that grows by the square outgrows all others together. */
async function expectLinear(
  largest: number,
  makes: readonly Make[],
  read: (text: string) => unknown,
): Promise<void> {
  const run = async (texts: readonly string[]): Promise<void> => {
    for (const text of texts) await refusable(() => read(text));
  };
  const make = (size: number): readonly string[] => makes.map((each) => each(size));
  expect(await exponentOf({ sizes: [largest / 8, largest], make, run })).toBeLessThan(LIMIT);
}

describe('work grows with the size of what is given, not with its square:', () => {
  test.each(Object.entries(READERS))('%s', async (_, [largest, read]) => {
    await expectLinear(largest, Object.values(HOSTILE_TEXTS), read);
  });

  test.each(Object.entries(HTML_READERS))('html: %s', async (_, read) => {
    await expectLinear(32_000, Object.values(HOSTILE_HTML), read);
  });

  test.each(Object.entries(MANY))('%s', async (_, [largest, make, read]) => {
    await expectLinear(largest, [make], read);
  });
});
