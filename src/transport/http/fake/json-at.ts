import type { ReceivedRequest } from './provider-fake.js';

/** The texts at a name of each item of a list: `textsAt(body.to, 'email')`. */
export function textsAt(list: unknown, name?: string): readonly string[] {
  if (!Array.isArray(list)) return [];
  const items: readonly unknown[] = list;
  return items.map((item) => String(name === undefined ? item : fieldAt(item, name)));
}

/** A value by its name; undefined where there is none. */
export function fieldAt(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** Addresses of `Ada <ada@example.test>, "B, C" <b@example.test>`. */
export function addressesIn(list: unknown): readonly string[] {
  const text = typeof list === 'string' ? list : '';
  const withoutNames = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
  return withoutNames
    .split(',')
    .map((item) => item.replace(/^.*<(.*)>.*$/, '$1').trim())
    .filter((address) => address !== '');
}

/** The items of a list, each as the body of a request of its own. */
export function requestsIn(request: ReceivedRequest): readonly ReceivedRequest[] {
  const items: readonly unknown[] = Array.isArray(request.body) ? request.body : [];
  return items.map((body) => withBody(request, body));
}

const withBody = (request: ReceivedRequest, body: unknown): ReceivedRequest => ({ ...request, body });
