import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessagePage } from '../../src/inbox/api/messages.js';
import { cleanup } from '../support/application.js';
import { type InboxApplication, startInbox } from './support/inbox-application.js';
import { statusOf } from './support/raw-request.js';

/** A hostile input to the inbox, and the required result. */
interface Row {
  readonly id: string;
  readonly where: string;
  readonly value: string;
  readonly expect: string;
}

/** Used if the checkout has no list beside it. */
const ESSENTIAL: readonly Row[] = [
  {
    id: 'e20',
    where: 'inbox mail html',
    value: "<script>fetch('/mail/api/messages',{method:'DELETE'})</script>",
    expect: 'inert',
  },
  {
    id: 'e21',
    where: 'inbox mail html',
    value: "<meta http-equiv=refresh content='0;url=//evil.test'>",
    expect: 'inert',
  },
  {
    id: 'e22',
    where: 'inbox mail html',
    value: '<form action=/mail/api/messages method=post><button>x</button></form>',
    expect: 'inert',
  },
  { id: 'e23', where: 'inbox attachment', value: 'evil.svg, evil.html', expect: 'download' },
  { id: 'e24', where: 'inbox id', value: '../../package.json', expect: '404' },
  { id: 'e25', where: 'inbox request header', value: 'Host: evil.test', expect: '403' },
  {
    id: 'e26',
    where: 'inbox request header on POST and SSE',
    value: 'Origin: https://evil.test',
    expect: '403',
  },
];

const list = join(__dirname, '..', '..', '..', 'shared', 'bad-inputs.json');
const listed: readonly Row[] = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
const ofTheInbox = listed.filter(({ where }) => where.startsWith('inbox '));
const rows = ofTheInbox.length > 0 ? ofTheInbox : ESSENTIAL;

let inbox: InboxApplication;
beforeAll(async () => {
  inbox = await startInbox();
});
afterAll(cleanup);

async function sendHtml(html: string, filenames: readonly string[] = []): Promise<string> {
  const attachments = filenames.map((filename) => ({ filename, content: html, cid: filename }));
  await inbox.mail.send({ to: 'ada@example.test', subject: 'Bad', html, attachments });
  return (await inbox.read<MessagePage>('api/messages?limit=1')).messages[0]?.id ?? '';
}

/** Policy with which browsers give html no scripts, forms, navigation or origin, wherever it is opened. */
async function isInert({ value }: Row): Promise<void> {
  const id = await sendHtml(value);
  const { headers } = await inbox.ask(`api/messages/${id}.html`);
  const words = (headers.get('content-security-policy') ?? '').split('; ');
  expect(words).toEqual(
    expect.arrayContaining(['sandbox', "default-src 'none'", "base-uri 'none'", "form-action 'none'"]),
  );
  expect(words.filter((word) => word.startsWith('script-src') || word.includes('allow-'))).toEqual([]);
}

async function isDownloaded({ value }: Row): Promise<void> {
  const filenames = value.split(', ');
  const id = await sendHtml('<script>1</script>', filenames);
  for (const index of filenames.keys()) {
    const { headers } = await inbox.ask(`api/messages/${id}/files/${index}`);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
}

async function isNotFound({ value }: Row): Promise<void> {
  for (const id of [value, encodeURIComponent(value)]) {
    for (const path of [`api/messages/${id}`, `api/messages/${id}.eml`, `assets/${id}`]) {
      expect([path, await statusOf(inbox, 'GET', path, {})]).toEqual([path, 404]);
    }
  }
}

async function isForbidden({ value }: Row): Promise<void> {
  const [name = '', header = ''] = value.split(': ');
  const headers = { 'x-mail-inbox': '1', [name]: header };
  expect(await statusOf(inbox, 'DELETE', 'api/messages', headers)).toBe(403);
  expect(await statusOf(inbox, 'GET', 'api/events', headers)).toBe(403);
}

const CHECKS: Readonly<Record<string, (row: Row) => Promise<void>>> = {
  inert: isInert,
  download: isDownloaded,
  404: isNotFound,
  403: isForbidden,
};

test.each(rows)('$id $where: $expect', async (row) => {
  const check = CHECKS[row.expect];
  expect(check).toBeDefined();
  await check?.(row);
});
