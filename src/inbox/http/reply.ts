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
