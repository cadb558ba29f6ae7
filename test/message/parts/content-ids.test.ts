import { absentContentIds, checkContentIds, unusedInline } from '../../../src/message/parts/content-ids.js';
import type { MessageAttachment } from '../../../src/message/message.js';
import { thrown } from '../../compose/composing.js';

function inline(cid: string, rest: Partial<MessageAttachment> = {}): MessageAttachment {
  const content = Buffer.from('GIF89a');
  return { content, contentType: 'image/gif', cid, disposition: 'inline', headers: {}, ...rest };
}

const FILE: MessageAttachment = {
  filename: 'a.png',
  content: Buffer.from('PNG'),
  contentType: 'image/png',
  disposition: 'attachment',
  headers: {},
};

const absent = (html: string, ...attachments: MessageAttachment[]): string[] =>
  absentContentIds({ html, attachments }).map(({ cid }) => cid);

// Every way in which a mail program comes to fetch an image.
const SHOWN: readonly string[] = [
  '<img src="cid:logo">',
  "<img src='cid:logo'>",
  '<img src=cid:logo>',
  '<img src=" CID:logo ">',
  '<img src="cid&#58;logo">',
  '<img src="cid&colon;logo">',
  '<img src="cid:lo%67o">',
  '<img src="https://a.test/1.png" srcset="https://a.test/2.png 2x, cid:logo 3x">',
  '<picture><source srcset="cid:logo" media="(prefers-color-scheme: dark)"><img src="https://a.test/"></picture>',
  '<table background="cid:logo"></table>',
  '<td style="background: #fff url(cid:logo) no-repeat">',
  '<td style="background-image: url( &quot;cid:logo&quot; )">',
  "<style>.a { background: URL('cid:logo') }</style>",
  '<style>@media (min-width: 600px) { .a { background: image-set("cid:logo" 1x) } }</style>',
  '<a href="cid:logo">Open</a>',
  '<video poster="cid:logo"></video>',
  '<object data="cid:logo"></object>',
  '<svg><image xlink:href="cid:logo"/></svg>',
  '<!--[if gte mso 9]><v:rect><v:fill type="tile" src="cid:logo"/></v:rect><![endif]-->',
  '<!--[if !mso]><!--><img src="cid:logo"><!--<![endif]-->',
];

describe('a cid: URL', () => {
  test.each(SHOWN)('is refused without its attachment, and accepted with it: %s', (html) => {
    const error = thrown(() => checkContentIds({ html, attachments: [inline('photo')] }));
    expect(error).toMatchObject({ code: 'message-invalid', outcome: 'not-sent', at: { field: 'html' } });
    expect(absent(html, inline('logo'))).toEqual([]);
    expect(unusedInline({ html, attachments: [inline('logo')] })).toEqual([]);
    expect(absent(html, inline('logo', { disposition: 'attachment' }))).toEqual([]);
  });

  test.each([
    '<p>cid:logo</p>',
    '<img src="https://a.test/x.png?cid=5&cid:logo" alt="cid:logo">',
    '<!-- <img src="cid:logo"> -->',
    '<!--[if !mso]><img src="cid:logo"><![endif]-->',
    '<style>/* url(cid:logo) */</style>',
    '<img src="https://a.test/acid:logo" srcset="https://a.test/acid:logo 2x">',
    '<p style="content: acid:logo">',
  ])('is no such thing in %s', (html) => {
    expect(absent(html)).toEqual([]);
    expect(unusedInline({ html, attachments: [inline('logo')] })).toHaveLength(1);
  });

  test.each([
    ['logo@shop.test', 'cid:logo%40shop.test'],
    ['logo@shop.test', 'cid:logo@shop.test'],
    ['a%20b', 'cid:a%20b'],
    ["it's,(1)", 'cid:it&#39;s,(1)'],
  ])('is that of the attachment with the cid %j as %s', (cid, url) => {
    expect(absent(`<img src="${url}">`, inline(cid))).toEqual([]);
  });

  test.each<[string, readonly MessageAttachment[], RegExp]>([
    [
      'logo',
      [],
      /^html: expected an attachment for each cid: URL, got none for "cid:logo"\. Attach the image with cid: "logo"$/,
    ],
    ['lgoo', [inline('logo')], /Did you mean "cid:logo"\?$/],
    ['Logo', [inline('logo')], /Letter case counts: write cid:logo$/],
    ['footer', [inline('logo')], /Attach the image with cid: "footer", or use one of "logo"$/],
    ['a.png', [inline('x'), FILE], /Give attachments\[1\] the cid "a\.png"$/],
    ['', [inline('logo')], /Nothing stands behind cid: there; a value that is printed there may be null$/],
    ['%E0%A4%A', [], /"cid:%E0%A4%A"/],
    ['x'.repeat(500), [], /\.\.\."/],
  ])('that is refused is told with the way out: %.20s', (cid, attachments, message) => {
    const html = `<img src="cid:${cid}">`;
    expect(thrown(() => checkContentIds({ html, attachments })).message).toMatch(message);
  });
});

test('an inline attachment is unused when nothing shows it, also in a mail without html', () => {
  const attachments = [
    inline('logo'),
    inline('logo', { filename: 'twin.gif' }),
    inline('map'),
    inline('terms', { disposition: 'attachment' }),
  ];
  const unused = (html?: string): unknown =>
    unusedInline({ attachments, ...(html !== undefined && { html }) }).map(
      ({ cid, filename }) => filename ?? cid,
    );
  expect(unused('<img src="cid:logo">')).toEqual(['twin.gif', 'map']);
  expect(unused()).toEqual(['logo', 'twin.gif', 'map']);
});

// Each would take minutes if what it repeats were read again for each repetition.
test.each([
  ['comments for Outlook', '<!--[if mso]>'],
  ['openings of comments in a style', '<style>/*'],
  ['white space in an attribute', ' '],
  ['brackets', '(" '],
  ['commas', ',cid:'],
])('reading is linear: %s', (_what, piece) => {
  const html = `<img src="cid:logo" srcset="${piece.repeat(300_000)}" style="${piece.repeat(300_000)}">${piece.repeat(300_000)}`;
  expect(absent(html)).toContain('logo');
});
