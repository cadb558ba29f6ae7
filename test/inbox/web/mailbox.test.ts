import { Mailbox, type MessageSource } from '../../../src/inbox/web/state/mailbox.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const page = { messages: [], total: 0, unread: 0 };

/** A mailbox, and how often its first page was read. */
function mailbox(): { readonly box: Mailbox; readonly reads: () => number } {
  let reads = 0;
  const source: MessageSource = {
    find: async () => {
      reads += 1;
      return page;
    },
    markUnread: async () => undefined,
  };
  return { box: new Mailbox(source), reads: () => reads };
}

/** News that comes faster than the list waits for more of it. */
async function keepTelling(box: Mailbox, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    box.removed([]);
    await jest.advanceTimersByTimeAsync(50);
  }
}

test('the list is read while news keeps coming, and not for each', async () => {
  const { box, reads } = mailbox();
  await keepTelling(box, 40); // two seconds
  expect(reads()).toBeGreaterThanOrEqual(3);
  expect(reads()).toBeLessThanOrEqual(5);
});

test('news that comes at once is read once', async () => {
  const { box, reads } = mailbox();
  for (let time = 0; time < 100; time += 1) box.removed([]);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(reads()).toBe(1);
});
