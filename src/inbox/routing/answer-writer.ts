import { type InboxReply, nodeResponseOf, type NodeResponse } from '../http/reply.js';
import { Answer, EventAnswer, type StreamedEvent } from './answer.js';

type Headers = Readonly<Record<string, string>>;

const JSON_TYPE = 'application/json; charset=utf-8';
/** No middleware compresses what has to arrive at once, and no proxy holds it back. */
const STREAM_HEADERS: Headers = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};
/** Bytes a client may owe before its stream is ended: it comes back, and says what it had last. */
const MOST_OWED = 1024 * 1024;

/**
 * What the application's middleware (helmet) may say of every answer, and the inbox says for itself or not
 * at all: with them browsers refuse to open the html of a mail, which is in a sandbox.
 */
const FOREIGN = [
  'content-security-policy',
  'content-security-policy-report-only',
  'cross-origin-embedder-policy',
  'cross-origin-opener-policy',
  'x-frame-options',
] as const;

/**
 * Writes answers to Node's own response, past whatever a platform, its plugins and the application's
 * interceptors would make of them.
 */
export class AnswerWriter {
  readonly #response: NodeResponse;
  readonly #headers: Headers;

  /** @param headers of every answer; those of one win */
  constructor(reply: InboxReply, headers: Headers) {
    if (reply.raw) reply.hijack();
    this.#response = nodeResponseOf(reply);
    this.#headers = headers;
  }

  /** @param status of what is no answer that says it: without a value it is 204 */
  write(value: unknown, status: number): void {
    if (value instanceof EventAnswer) this.#stream(value);
    else if (value instanceof Answer) this.#end(status, value.headers, value.body);
    else if (value === undefined) this.#end(204, {});
    else this.#end(status, { 'content-type': JSON_TYPE }, JSON.stringify(value));
  }

  #end(status: number, headers: Headers, body?: string | Buffer): void {
    this.#begin(status, headers);
    if (body !== undefined) this.#response.setHeader('content-length', Buffer.byteLength(body));
    this.#response.end(body);
  }

  #begin(status: number, headers: Headers): void {
    this.#response.statusCode = status;
    for (const name of FOREIGN) this.#response.removeHeader(name);
    for (const [name, value] of Object.entries({ ...this.#headers, ...headers })) {
      this.#response.setHeader(name, value);
    }
  }

  #stream({ events }: EventAnswer): void {
    const response = this.#response;
    this.#begin(200, STREAM_HEADERS);
    response.flushHeaders();
    const following = events.subscribe({
      next: (event) => {
        response.write(blockOf(event));
        if (response.writableLength > MOST_OWED) response.destroy();
      },
      complete: () => response.end(),
    });
    response.once('close', () => following.unsubscribe());
  }
}

/** JSON has no line breaks of its own. */
function blockOf({ id, type, data }: StreamedEvent): string {
  return `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
