import { join } from 'node:path';
import { ApprovedMails } from '../../../src/inbox/capture/approved-mails.js';
import { MailCapture, MAX_SIZE } from '../../../src/inbox/capture/mail-capture.js';
import { MailFiles } from '../../../src/inbox/store/mail-files.js';
import { MailStore } from '../../../src/inbox/store/mail-store.js';
import type { RenderedMessage } from '../../../src/message/message.js';
import { cleanup, folder } from '../../support/application.js';
import { renderedMessage } from '../../support/rendered-message.js';

afterEach(cleanup);

const MB = 1024 * 1024;

function mail(number: number, bytes = 0): RenderedMessage {
  const content = Buffer.alloc(bytes);
  return renderedMessage({
    messageId: `<${number}@from.test>`,
    attachments:
      bytes === 0 ? [] : [{ content, contentType: 'text/plain', disposition: 'attachment', headers: {} }],
  });
}

interface Capturing {
  readonly capture: MailCapture;
  readonly store: MailStore;
  readonly faults: string[];
  /** Reports a sent mail as the mailroom does. */
  send(message: RenderedMessage): void;
}

function capturing(dir: string): Capturing {
  const faults: string[] = [];
  const onFault = (what: string) => faults.push(what);
  const store = new MailStore({ files: new MailFiles(dir), keep: 1_000, onFault });
  const capture = new MailCapture({
    store,
    now: () => new Date(),
    wants: () => true,
    captures: () => false,
    onFault,
  });
  const send = (message: RenderedMessage) => {
    capture.onApproved(message, undefined);
    const { messageId, mailer, tags, metadata, envelope } = message;
    capture.onEvent('mail.sending', { messageId, mailer, tags, metadata, to: envelope.to });
  };
  return { capture, store, faults, send };
}

test('copies 500 mails of a burst and logs once how many it skipped', async () => {
  const { store, faults, send } = capturing(await folder());
  for (let number = 0; number < 537; number += 1) send(mail(number));
  await store.settled();
  expect(store.mails).toHaveLength(500);
  expect(faults).toEqual(['37 mails are not shown in the inbox: too many were sent at once.']);
  send(mail(1_000));
  await store.settled();
  expect([store.mails.length, faults.length]).toEqual([501, 1]);
});

test('limits the memory of pending copies', async () => {
  const { store, faults, send } = capturing(join(await folder({ file: '' }), 'file'));
  for (let number = 0; number < 10; number += 1) send(mail(number, 15 * MB));
  await store.settled();
  expect(faults.filter((what) => what.includes('not shown'))).toEqual([
    '2 mails are not shown in the inbox: too many were sent at once.',
  ]);
});

test('does not keep mails over 25 MB', async () => {
  const { store, faults, send } = capturing(await folder());
  send(mail(1, 26 * MB));
  send(mail(2, 18 * MB)); // 24 MB in base64
  await store.settled();
  expect(store.mails.map(({ messageId, size }) => [messageId, size < MAX_SIZE])).toEqual([
    ['<2@from.test>', true],
  ]);
  expect(faults).toEqual([
    'The mail <1@from.test> is not shown in the inbox: it has more than 26214400 bytes.',
  ]);
});

describe('approved mails without an event', () => {
  const held = (numbers: readonly number[], bytes: number): number[] => {
    const mails = new ApprovedMails();
    for (const number of numbers) mails.add({ message: mail(number, bytes), context: undefined });
    return numbers.filter((number) => mails.take(`<${number}@from.test>`) !== undefined);
  };
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

  test('are kept up to 1,000 and up to 64 MB', () => {
    expect(held(upTo(1_003), 0)).toEqual(upTo(1_003).slice(3));
    expect(held(upTo(10), 10 * MB)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(held(upTo(3), 70 * MB)).toEqual([2]);
  });

  test('no longer count once they are taken', () => {
    const mails = new ApprovedMails();
    for (let number = 0; number < 20; number += 1) {
      mails.add({ message: mail(number, 20 * MB), context: undefined });
      mails.add({ message: mail(number, 20 * MB), context: undefined });
      expect(mails.take(`<${number}@from.test>`)).toBeDefined();
    }
    mails.add({ message: mail(20, 30 * MB), context: undefined });
    mails.add({ message: mail(21, 30 * MB), context: undefined });
    expect(mails.take('<20@from.test>')).toBeDefined();
  });
});
