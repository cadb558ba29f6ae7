import { headerOf, type InboxRequest } from './http.js';

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const HOST = /^(?<name>\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/;

/** The host a request was made to, with its port, in small letters; undefined without one. */
export function hostOf(request: InboxRequest): string | undefined {
  return (headerOf(request, ':authority') ?? headerOf(request, 'host'))?.toLowerCase();
}

/**
 * Whether the inbox may be asked by that name. A page of another site can make its own name point here
 * (DNS rebinding) and would then be of this origin: only names nobody else owns are answered.
 */
export function isAllowedHost(host: string | undefined, hosts: readonly string[]): boolean {
  const name = HOST.exec(host ?? '')?.groups?.['name'];
  if (name === undefined) return false;
  return (
    [...LOOPBACK, ...hosts.map((each) => each.toLowerCase())].includes(name) || name.endsWith('.localhost')
  );
}

/** Whether the page that asks, if its browser tells, is one of the same host. */
export function isOwnOrigin(request: InboxRequest): boolean {
  const origin = headerOf(request, 'origin');
  if (request.headers['origin'] === undefined) return true;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === hostOf(request);
}
