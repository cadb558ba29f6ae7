import { urlOf } from '../../../src/message/values/url.js';

test('reads a URL outside ASCII after any number of calls', () => {
  const hosts = new Set<string | undefined>();
  for (let turn = 0; turn < 20_000; turn += 1) hosts.add(urlOf('http://münchen.test/ä')?.host);
  expect([...hosts]).toEqual(['xn--mnchen-3ya.test']);
});

test('recognises absent values, and values below another', () => {
  expect(urlOf('münchen')).toBeUndefined();
  expect(urlOf('http://')).toBeUndefined();
  expect(urlOf('/ä', new URL('http://example.test'))?.href).toBe('http://example.test/%C3%A4');
});
