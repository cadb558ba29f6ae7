import { LiveEvents } from '../../../src/inbox/live/live-events.js';

const publish = (events: LiveEvents, count: number): void => {
  for (let number = 1; number <= count; number += 1) events.publish('message', { number });
};

test('knows what came after an event, from the very first on', () => {
  const events = new LiveEvents();
  const start = events.lastId;
  publish(events, 1);
  const first = events.lastId;
  publish(events, 2);
  expect(events.since(start)?.map(({ data }) => data)).toEqual([{ number: 1 }, { number: 1 }, { number: 2 }]);
  expect(events.since(first)?.map(({ data }) => data)).toEqual([{ number: 1 }, { number: 2 }]);
  expect(events.since(events.lastId)).toEqual([]);
});

test('does not pretend to know what it has forgotten, or what another process told', () => {
  const events = new LiveEvents();
  const start = events.lastId;
  publish(events, 501);
  expect(events.since(start)).toBeUndefined();
  expect(events.since(new LiveEvents().lastId)).toBeUndefined();
});
