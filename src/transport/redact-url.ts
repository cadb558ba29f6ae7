/** A URL as it may be shown: scheme, host and port. User, password, path and parameters may hold secrets. */
export function redactUrl(url: string): string {
  if (!URL.canParse(url)) {
    const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? '';
    return `"${scheme}…" (the rest is not shown, it may hold a password)`;
  }
  const { protocol, username, password, host } = new URL(url);
  const slashes = host ? '//' : '';
  return `"${protocol}${slashes}${username || password ? '***@' : ''}${host}"`;
}
