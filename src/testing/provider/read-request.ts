import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { ReceivedRequest } from '../../transport/http/fake/provider-fake.js';

export async function readRequest(message: IncomingMessage): Promise<ReceivedRequest> {
  const bytes = await buffer(message);
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
  );
  const { method = '', url = '' } = message;
  return { method, path: url, headers, body: bodyOf(bytes, headers['content-type'] ?? '') };
}

function bodyOf(bytes: Buffer, type: string): unknown {
  if (bytes.length === 0) return undefined;
  if (type.startsWith('multipart/form-data')) return formOf(bytes, type);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return bytes.toString('utf8');
  }
}

/** Maps each name to its values (RFC 7578). */
function formOf(bytes: Buffer, type: string): Readonly<Record<string, readonly string[]>> {
  const [, boundary = ''] = /boundary="?([^";]+)/.exec(type) ?? [];
  const fields: Record<string, string[]> = {};
  for (const part of bytes.toString('latin1').split(`--${boundary}`).slice(1, -1)) {
    const head = part.indexOf('\r\n\r\n');
    const [, name = ''] = /name="([^"]*)"/.exec(part.slice(0, head)) ?? [];
    const value = part.slice(head + 4, -2);
    (fields[name] ??= []).push(Buffer.from(value, 'latin1').toString('utf8'));
  }
  return fields;
}
