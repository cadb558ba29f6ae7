import { LruCache } from '../../../src/render/format/lru-cache.js';

test('the least recently used entry is evicted first', () => {
  const cache = new LruCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
});

test('a key that is set again counts once', () => {
  const cache = new LruCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.set('a', 3);
  cache.set('c', 4);
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([3, undefined, 4]);
});

test('a value is made once, until its entry is evicted', () => {
  const cache = new LruCache<number>(1);
  let made = 0;
  const make = (): number => (made += 1);
  expect([cache.getOrMake('a', make), cache.getOrMake('a', make)]).toEqual([1, 1]);
  cache.set('b', 5);
  expect(cache.getOrMake('a', make)).toBe(2);
});
