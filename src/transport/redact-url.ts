import { urlOf } from '../message/url.js';

/** In these a host is a host; in others (`sendgrid://KEY`) it may be the secret. */
const WITH_HOST = new Set(['smtp:', 'smtps:', 'http:', 'https:', 'socks:', 'socks4:', 'socks5:']);

/** A URL as it may be shown: scheme, host and port. User, password, path and parameters may hold secrets. */
export function redactUrl(url: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0].toLowerCase() ?? '';
  const parsed = WITH_HOST.has(scheme) ? urlOf(url) : undefined;
  if (!parsed) return `"${scheme}…" (the rest is not shown, it may hold a secret)`;
  const { username, password, host } = parsed;
  return `"${scheme}//${username || password ? '***@' : ''}${host}"`;
}
