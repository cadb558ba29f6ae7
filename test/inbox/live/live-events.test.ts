import { LiveEvents } from '../../../src/inbox/live/live-events.js';

const publish = (events: LiveEvents, count: number): void => {
  for (let number = 1; number <= count; number += 1) events.publish('message', { number });
};

test('returns the events after any event, including the first', () => {
  const events = new LiveEvents();
  const start = events.lastId;
  publish(events, 1);
  const first = events.lastId;
  publish(events, 2);
  expect(events.since(start)?.map(({ data }) => data)).toEqual([{ number: 1 }, { number: 1 }, { number: 2 }]);
  expect(events.since(first)?.map(({ data }) => data)).toEqual([{ number: 1 }, { number: 2 }]);
  expect(events.since(events.lastId)).toEqual([]);
});

test('returns undefined for forgotten events and those of another process', () => {
  const events = new LiveEvents();
  const start = events.lastId;
  publish(events, 501);
  expect(events.since(start)).toBeUndefined();
  expect(events.since(new LiveEvents().lastId)).toBeUndefined();
});
