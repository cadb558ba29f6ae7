/** What is read of a request, of Express and of Fastify alike. */
export interface InboxRequest {
  readonly method: string;
  /** With the global prefix and the query. */
  readonly originalUrl: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What tells that a response is over, or its client gone. */
export interface InboxConnection {
  once(event: 'close', listener: () => void): unknown;
}

/** What is done to a response, of Express and of Fastify alike. */
export interface InboxReply {
  header(name: string, value: string): unknown;
  status(code: number): unknown;
  /** Of Fastify: Node's own response. */
  readonly raw?: InboxConnection;
}

/** Set with the body, not before: an error's body is JSON. */
export const HTML = 'text/html; charset=utf-8';

/** A header that is there once. */
export function headerOf({ headers }: InboxRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Path a request was made to, without its query. */
export function pathOf({ originalUrl }: InboxRequest): string {
  return originalUrl.replace(/\?.*$/, '');
}
