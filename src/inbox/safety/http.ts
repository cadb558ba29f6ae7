/** What is read of a request, of Express and of Fastify alike. */
export interface InboxRequest {
  readonly method: string;
  /** With the global prefix and the query. */
  readonly originalUrl: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Of its path, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** As the application's parsers read it; undefined without one. */
  readonly body?: unknown;
}

/** What is done to Node's response, of HTTP/1 and HTTP/2 alike. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent: boolean;
  /** Bytes that the client has not taken yet. */
  readonly writableLength: number;
  setHeader(name: string, value: string | number): unknown;
  removeHeader(name: string): void;
  flushHeaders(): void;
  write(chunk: string): boolean;
  end(body?: string | Buffer): unknown;
  destroy(): unknown;
  /** When it is over, or its client gone. */
  once(event: 'close', listener: () => void): unknown;
}

/** Express's response is Node's own. */
interface ExpressReply extends NodeResponse {
  readonly raw?: undefined;
}

interface FastifyReply {
  readonly raw: NodeResponse;
  readonly sent: boolean;
  /** From now on Fastify writes nothing. */
  hijack(): unknown;
}

/** A platform's response. */
export type InboxReply = ExpressReply | FastifyReply;

export function nodeResponseOf(reply: InboxReply): NodeResponse {
  return reply.raw ?? reply;
}

/** Whether somebody has begun to answer. */
export function isAnswered(reply: InboxReply): boolean {
  return reply.raw ? reply.sent || reply.raw.headersSent : reply.headersSent;
}

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

/** A parameter of a route's path; no route is found without the ones it names. */
export function parameterOf({ params }: InboxRequest, name: string): string {
  return params[name] ?? '';
}
