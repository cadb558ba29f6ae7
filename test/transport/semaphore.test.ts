import { getEventListeners } from 'node:events';
import { Semaphore } from '../../src/transport/smtp/semaphore.js';

const never = (): AbortSignal => new AbortController().signal;

test('admits as many as there are slots, and the others in the order of their arrival', async () => {
  const slots = new Semaphore(2);
  const order: number[] = [];
  const sends = [0, 1, 2, 3, 4].map(async (index) => {
    await slots.acquire(never());
    order.push(index);
  });
  await Promise.all(sends.slice(0, 2));
  expect(order).toEqual([0, 1]);
  for (let count = 0; count < 3; count++) slots.release();
  await Promise.all(sends);
  expect(order).toEqual([0, 1, 2, 3, 4]);
});

test('a caller that gives up leaves the queue, and no slot is lost', async () => {
  const slots = new Semaphore(1);
  await slots.acquire(never());
  const abort = new AbortController();
  const gone = slots.acquire(abort.signal);
  const next = slots.acquire(never());
  abort.abort();
  await expect(gone).rejects.toMatchObject({ code: 'aborted' });
  slots.release();
  await next;
  slots.release();
  await slots.acquire(never());
});

test('50,000 that share a signal cost it one listener, and all leave at once', async () => {
  const slots = new Semaphore(1);
  await slots.acquire(never());
  const abort = new AbortController();
  const waiting = Array.from({ length: 50_000 }, () => slots.acquire(abort.signal));
  expect(getEventListeners(abort.signal, 'abort').length).toBe(1);
  abort.abort();
  expect(getEventListeners(abort.signal, 'abort').length).toBe(0);
  const outcomes = await Promise.allSettled(waiting);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(50_000);
  slots.release();
  await slots.acquire(never());
});

test('5,000 with a signal each, and the first half fires', async () => {
  const slots = new Semaphore(1);
  await slots.acquire(never());
  const aborts = Array.from({ length: 5000 }, () => new AbortController());
  const order: number[] = [];
  const waiting = aborts.map(({ signal }, index) =>
    slots.acquire(signal).then(() => {
      order.push(index);
      return slots.release();
    }),
  );
  for (const abort of aborts.slice(0, 2500)) abort.abort();
  slots.release();
  await Promise.allSettled(waiting);
  expect(order).toEqual(Array.from({ length: 2500 }, (_, index) => 2500 + index));
});

test('clear rejects all waiting callers', async () => {
  const slots = new Semaphore(1);
  await slots.acquire(never());
  const waiting = [slots.acquire(never()), slots.acquire(never())];
  slots.clear(new Error('over'));
  for (const waiter of waiting) await expect(waiter).rejects.toThrow('over');
});
