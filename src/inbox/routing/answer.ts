import type { Observable } from 'rxjs';
import { type InboxReply, nodeResponseOf, type NodeResponse } from '../http/reply.js';

/** An answer of a handler that is not JSON. */
export class RawAnswer {
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;

  /** @param headers include the `content-type` of the body; they override the headers of the route */
  constructor(body: string | Buffer, headers: Readonly<Record<string, string>>) {
    this.body = body;
    this.headers = headers;
  }
}

/** An event of a `text/event-stream`. */
export interface StreamedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: object;
}

/** A streamed answer, which lasts until the events complete or the client disconnects. */
export class EventAnswer {
  readonly events: Observable<StreamedEvent>;

  constructor(events: Observable<StreamedEvent>) {
    this.events = events;
  }
}

type ResponseHeaders = Readonly<Record<string, string>>;

const JSON_TYPE = 'application/json; charset=utf-8';
/** Keep middleware from compressing the stream, and proxies from buffering it. */
const STREAM_HEADERS: ResponseHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};
/** Unread bytes after which a slow stream is closed; the client reconnects and resumes from its last event. */
const MAX_UNREAD = 1024 * 1024;

/**
 * Headers that the application's middleware (helmet) may have set. The inbox sets its own or none: with foreign
 * ones, browsers refuse to open the sandboxed html of a mail.
 */
const REMOVED_HEADERS = [
  'content-security-policy',
  'content-security-policy-report-only',
  'cross-origin-embedder-policy',
  'cross-origin-opener-policy',
  'x-frame-options',
] as const;

/**
 * Writes an answer directly to Node's response, so that the platform, its plugins and the application's
 * interceptors cannot change it.
 * @param status used if there is a value; undefined is answered with 204
 * @param defaults headers, which those of the answer override
 */
export function writeAnswer(
  reply: InboxReply,
  value: unknown,
  status: number,
  defaults: ResponseHeaders,
): void {
  if (reply.raw) reply.hijack();
  const response = nodeResponseOf(reply);
  const begin = (code: number, headers: ResponseHeaders): void => {
    response.statusCode = code;
    for (const name of REMOVED_HEADERS) response.removeHeader(name);
    for (const [name, text] of Object.entries({ ...defaults, ...headers })) response.setHeader(name, text);
  };
  const end = (headers: ResponseHeaders, body: string | Buffer): void => {
    begin(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
    response.end(body);
  };
  if (value === undefined) {
    begin(204, {});
    response.end();
  } else if (value instanceof EventAnswer) {
    begin(200, STREAM_HEADERS);
    stream(response, value);
  } else if (value instanceof RawAnswer) {
    end(value.headers, value.body);
  } else {
    end({ 'content-type': JSON_TYPE }, JSON.stringify(value));
  }
}

function stream(response: NodeResponse, { events }: EventAnswer): void {
  response.flushHeaders();
  const following = events.subscribe({
    next: (event) => {
      response.write(formatEvent(event));
      if (response.writableLength > MAX_UNREAD) response.destroy();
    },
    complete: () => response.end(),
  });
  response.once('close', () => following.unsubscribe());
}

/** JSON contains no raw line breaks, so the data fits one line. */
function formatEvent({ id, type, data }: StreamedEvent): string {
  return `event: ${type}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
