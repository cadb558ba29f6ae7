import type { Observable } from 'rxjs';

/** What a handler answers when it is not JSON. */
export class Answer {
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;

  /** @param headers with the body's `content-type`; they win over those of every answer of the inbox */
  constructor(body: string | Buffer, headers: Readonly<Record<string, string>>) {
    this.body = body;
    this.headers = headers;
  }
}

/** One event of a stream, as browsers read it (`text/event-stream`). */
export interface StreamedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: object;
}

/** An answer that goes on until the events are over or the client has gone. */
export class EventAnswer {
  readonly events: Observable<StreamedEvent>;

  constructor(events: Observable<StreamedEvent>) {
    this.events = events;
  }
}
