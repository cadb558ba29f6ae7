import type { Mailbox } from '../../message/message.js';
import type { HttpRequest } from './http-client.js';

/** Makes a request with JSON as its body. */
export function jsonPost(path: string, value: object, headers?: HttpRequest['headers']): HttpRequest {
  return textPost(path, JSON.stringify(value), headers);
}

/** @param body text that is JSON already */
export function textPost(path: string, body: string, headers?: HttpRequest['headers']): HttpRequest {
  return { method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** Writes a mailbox as many providers do. */
export const emailAndName = ({ address, name = '' }: Mailbox): object => ({
  email: address,
  ...(name !== '' && { name }),
});
