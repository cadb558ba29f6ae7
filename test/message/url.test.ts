import { isUrl } from '../../src/message/url.js';

test('knows a URL outside ASCII, however often it was asked before', () => {
  const answers = new Set<boolean>();
  for (let turn = 0; turn < 20_000; turn += 1) answers.add(isUrl('http://münchen.test/ä'));
  expect([...answers]).toEqual([true]);
});

test('knows what is none, and what is one below another', () => {
  expect(isUrl('münchen')).toBe(false);
  expect(isUrl('http://')).toBe(false);
  expect(isUrl('/ä', 'http://example.test')).toBe(true);
});
