import { HttpException } from '@nestjs/common';

/** The used part of Node's response, the same for HTTP/1 and HTTP/2. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent: boolean;
  /** Bytes that the client has not received yet. */
  readonly writableLength: number;
  setHeader(name: string, value: string | number): unknown;
  removeHeader(name: string): void;
  flushHeaders(): void;
  write(chunk: string): boolean;
  end(body?: string | Buffer): unknown;
  destroy(): unknown;
  /** Fires when the response has ended or the client has disconnected. */
  once(event: 'close', listener: () => void): unknown;
}

/** Express's response is Node's own. */
interface ExpressReply extends NodeResponse {
  readonly raw?: undefined;
}

interface FastifyReply {
  readonly raw: NodeResponse;
  readonly sent: boolean;
  /** Makes Fastify write nothing itself. */
  hijack(): unknown;
}

export type InboxReply = ExpressReply | FastifyReply;

export function nodeResponseOf(reply: InboxReply): NodeResponse {
  return reply.raw ?? reply;
}

/** Whether a response has been started. */
export function isAnswered(reply: InboxReply): boolean {
  return reply.raw ? reply.sent || reply.raw.headersSent : reply.headersSent;
}

export const HTML = 'text/html; charset=utf-8';

/** An error response of the API; `message` says what is wrong and how to fix it. */
export function refusal(statusCode: 400 | 403 | 404 | 408 | 503, message: string): HttpException {
  return new HttpException({ statusCode, message }, statusCode);
}
