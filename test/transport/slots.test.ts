import { getEventListeners } from 'node:events';
import { Slots } from '../../src/transport/smtp/slots.js';

const never = (): AbortSignal => new AbortController().signal;

test('lets in as many as there are slots, and the rest in the order they came', async () => {
  const slots = new Slots(2);
  const order: number[] = [];
  const sends = [0, 1, 2, 3, 4].map(async (index) => {
    await slots.enter(never());
    order.push(index);
  });
  await Promise.all(sends.slice(0, 2));
  expect(order).toEqual([0, 1]);
  for (let count = 0; count < 3; count++) slots.release();
  await Promise.all(sends);
  expect(order).toEqual([0, 1, 2, 3, 4]);
});

test('who gives up leaves the line, and nobody loses a slot by it', async () => {
  const slots = new Slots(1);
  await slots.enter(never());
  const abort = new AbortController();
  const gone = slots.enter(abort.signal);
  const next = slots.enter(never());
  abort.abort();
  await expect(gone).rejects.toMatchObject({ code: 'aborted' });
  slots.release();
  await next;
  slots.release();
  await slots.enter(never());
});

test('50,000 that share a signal cost it one listener, and all leave at once', async () => {
  const slots = new Slots(1);
  await slots.enter(never());
  const abort = new AbortController();
  const waiting = Array.from({ length: 50_000 }, () => slots.enter(abort.signal));
  expect(getEventListeners(abort.signal, 'abort').length).toBe(1);
  abort.abort();
  expect(getEventListeners(abort.signal, 'abort').length).toBe(0);
  const outcomes = await Promise.allSettled(waiting);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(50_000);
  slots.release();
  await slots.enter(never());
});

test('5,000 with a signal each, the first half of which fires', async () => {
  const slots = new Slots(1);
  await slots.enter(never());
  const aborts = Array.from({ length: 5000 }, () => new AbortController());
  const order: number[] = [];
  const waiting = aborts.map(({ signal }, index) =>
    slots.enter(signal).then(() => {
      order.push(index);
      return slots.release();
    }),
  );
  for (const abort of aborts.slice(0, 2500)) abort.abort();
  slots.release();
  await Promise.allSettled(waiting);
  expect(order).toEqual(Array.from({ length: 2500 }, (_, index) => 2500 + index));
});

test('clear sends everybody away', async () => {
  const slots = new Slots(1);
  await slots.enter(never());
  const waiting = [slots.enter(never()), slots.enter(never())];
  slots.clear(new Error('over'));
  for (const waiter of waiting) await expect(waiter).rejects.toThrow('over');
});
