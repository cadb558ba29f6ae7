import { MessageList, type MessageSource } from '../../../src/inbox/web/state/message-list.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const page = { messages: [], total: 0, unread: 0 };

/** A message list, and the number of times that its first page was read. */
function mailbox(): { readonly box: MessageList; readonly reads: () => number } {
  let reads = 0;
  const source: MessageSource = {
    find: async () => {
      reads += 1;
      return page;
    },
    markUnread: async () => undefined,
  };
  return { box: new MessageList(source), reads: () => reads };
}

/** Reports changes faster than the list's waiting time. */
async function keepTelling(box: MessageList, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    box.removed([]);
    await jest.advanceTimersByTimeAsync(50);
  }
}

test('the list is reloaded while changes keep coming, but not for each of them', async () => {
  const { box, reads } = mailbox();
  await keepTelling(box, 40); // two seconds
  expect(reads()).toBeGreaterThanOrEqual(3);
  expect(reads()).toBeLessThanOrEqual(5);
});

test('a burst of changes causes one reload', async () => {
  const { box, reads } = mailbox();
  for (let time = 0; time < 100; time += 1) box.removed([]);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(reads()).toBe(1);
});
