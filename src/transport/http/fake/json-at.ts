import type { ReceivedRequest } from './provider-fake.js';

/** Returns the texts at a name of each item of a list: `textsAt(body.to, 'email')`. */
export function textsAt(list: unknown, name?: string): readonly string[] {
  if (!Array.isArray(list)) return [];
  const items: readonly unknown[] = list;
  return items.map((item) => String(name === undefined ? item : fieldAt(item, name)));
}

export function fieldAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** Returns the addresses of `Ada <ada@example.test>, "B, C" <b@example.test>`. */
export function addressesIn(list: unknown): readonly string[] {
  const text = typeof list === 'string' ? list : '';
  const withoutNames = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
  return withoutNames
    .split(',')
    .map((item) => item.replace(/^.*<(.*)>.*$/, '$1').trim())
    .filter((address) => address !== '');
}

/** Returns the items of a list, each as the body of its own request. */
export function requestsIn(request: ReceivedRequest): readonly ReceivedRequest[] {
  const items: readonly unknown[] = Array.isArray(request.body) ? request.body : [];
  return items.map((body) => withBody(request, body));
}

/** The same request with another body. */
export const withBody = (request: ReceivedRequest, body: unknown): ReceivedRequest => ({ ...request, body });
