import { concat, defer, from, interval, map, merge, Observable, takeUntil } from 'rxjs';
import { headerOf, type InboxRequest } from '../http/request.js';
import { EventAnswer, type StreamedEvent } from '../routing/answer.js';
import { InboxController, Get } from '../routing/inbox-controller.js';
import { ShutdownSignal } from './shutdown-signal.js';
import { LiveEvents } from './live-events.js';

/** Milliseconds between pings; proxies close idle connections. */
const PING_MS = 25_000;

@InboxController('api/events')
export class EventsController {
  readonly #events: LiveEvents;
  readonly #shutdown: ShutdownSignal;

  constructor(events: LiveEvents, closing: ShutdownSignal) {
    this.#events = events;
    this.#shutdown = closing;
  }

  /** Starts with a `ping`, with the events missed since `Last-Event-ID`, or with `reset` if that id is unknown. */
  @Get('', {
    summary: 'Streams changes as server-sent events; Last-Event-ID resumes, and `reset` says that it cannot',
    answer: 'text/event-stream',
    needsHeader: true,
  })
  stream(request: InboxRequest): EventAnswer {
    const last = headerOf(request, 'last-event-id');
    const pings = interval(PING_MS).pipe(map(() => this.#control('ping')));
    const missed = defer(() => from(this.#missed(last)));
    return new EventAnswer(
      merge(this.#upcoming(), concat(missed, pings)).pipe(takeUntil(this.#shutdown.fired)),
    );
  }

  #missed(last: string | undefined): readonly StreamedEvent[] {
    if (last === undefined || last === '') return [this.#control('ping')];
    const missed = this.#events.since(last);
    return missed === undefined ? [this.#control('reset')] : [...missed, this.#control('ping')];
  }

  #upcoming(): Observable<StreamedEvent> {
    return new Observable((subscriber) => this.#events.follow((event) => subscriber.next(event)));
  }

  /** Builds an event with the newest id, so that a client that resumes from it misses nothing. */
  #control(type: 'ping' | 'reset'): StreamedEvent {
    return { id: this.#events.lastId, type, data: {} };
  }
}
