import type { RenderedMessage } from '../../src/message/message.js';
import { plainMessage } from './provider-transport.js';

/** Mails that use one more thing each, by what they use. */
export const RICH: Readonly<Record<string, Partial<RenderedMessage>>> = {
  'plain text alone': { html: '' },
  'html alone': { text: '' },
  'an empty subject': { subject: '' },
  'neither html nor text': { html: '', text: '' },
  'several recipients': {
    to: [{ address: 'ada@to.test', name: 'Lovelace, Ada "A"' }, { address: 'bea@to.test' }],
    cc: [{ address: 'cy@to.test', name: 'Çy' }],
    envelope: { from: 'hello@from.test', to: ['ada@to.test', 'bea@to.test', 'cy@to.test', 'dee@to.test'] },
  },
  'Cc alone': { to: [], cc: [{ address: 'ada@to.test' }] },
  'Bcc alone': { to: [], envelope: { from: 'hello@from.test', to: ['ada@to.test', 'bea@to.test'] } },
  'another bounce address': { envelope: { from: 'bounce@from.test', to: ['ada@to.test'] } },
  'a sender': {
    sender: { address: 'desk@from.test' },
    envelope: { from: 'desk@from.test', to: ['ada@to.test'] },
  },
  'one reply address': { replyTo: [{ address: 'reply@from.test', name: 'Reply' }] },
  'two reply addresses': { replyTo: [{ address: 'reply@from.test' }, { address: 'desk@from.test' }] },
  'a header': { headers: { 'X-Order': 'A-1' } },
  'a header beyond ASCII': { headers: { 'X-Order': 'Größe' } },
  'a header twice': { headers: { 'X-Order': ['A-1', 'A-2'] } },
  'one-click unsubscription': {
    headers: {
      'List-Unsubscribe': '<https://from.test/u>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  },
  'an answer in a thread': { headers: { 'In-Reply-To': '<0@from.test>', References: '<0@from.test>' } },
  'an attachment': {
    attachments: [
      {
        filename: 'Größe.txt',
        content: Buffer.from('text'),
        contentType: 'text/plain; charset=utf-8',
        disposition: 'attachment',
        headers: {},
      },
    ],
  },
  'an image by its cid': {
    attachments: [
      {
        filename: 'a.gif',
        content: Buffer.from('gif'),
        contentType: 'image/gif',
        cid: 'logo',
        disposition: 'inline',
        headers: {},
      },
    ],
  },
  'an attachment that is inline without a cid': {
    attachments: [
      {
        filename: 'a.gif',
        content: Buffer.from('gif'),
        contentType: 'image/gif',
        disposition: 'inline',
        headers: {},
      },
    ],
  },
  'an attachment with headers': {
    attachments: [
      {
        filename: 'a.gif',
        content: Buffer.from('gif'),
        contentType: 'image/gif',
        disposition: 'attachment',
        headers: { 'X-Part': '1' },
      },
    ],
  },
  'an attachment that is a program': {
    attachments: [
      {
        filename: 'setup.EXE',
        content: Buffer.from('MZ'),
        contentType: 'application/octet-stream',
        disposition: 'attachment',
        headers: {},
      },
    ],
  },
  'an attachment whose name says another type': {
    attachments: [
      {
        filename: 'plan.pdf',
        content: Buffer.from('text'),
        contentType: 'text/plain; charset=utf-8',
        disposition: 'attachment',
        headers: {},
      },
    ],
  },
  'a calendar event': {
    alternatives: [{ contentType: 'text/calendar; method=REQUEST', content: Buffer.from('BEGIN:VCALENDAR') }],
  },
  'an AMP rendition': {
    alternatives: [{ contentType: 'text/x-amp-html', content: Buffer.from('<html ⚡4email>') }],
  },
  'one tag': { tags: ['welcome'] },
  'two tags': { tags: ['welcome', 'spring'] },
  'a tag with a space': { tags: ['spring sale'] },
  metadata: { metadata: { order: 'A-1' } },
  'metadata with spaces': { metadata: { order: 'A 1' } },
  'a report of delivery': {
    envelope: { from: 'hello@from.test', to: ['ada@to.test'], dsn: { notify: ['failure'] } },
  },
  'an address beyond ASCII': { replyTo: [{ address: 'jörg@from.test' }] },
  'a domain beyond ASCII': {
    to: [{ address: 'ada@münchen.test' }],
    envelope: { from: 'hello@from.test', to: ['ada@xn--mnchen-3ya.test'] },
  },
};

export const richMessages: ReadonlyArray<readonly [title: string, message: RenderedMessage]> = Object.entries(
  RICH,
).map(([title, parts]) => [title, plainMessage(parts)]);
