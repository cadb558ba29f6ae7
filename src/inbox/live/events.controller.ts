import { concat, defer, from, interval, map, merge, Observable, takeUntil } from 'rxjs';
import { headerOf, type InboxRequest } from '../http/request.js';
import { EventAnswer, type StreamedEvent } from '../routing/answer.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get } from '../routing/route.js';
import { Closing } from './closing.js';
import { LiveEvents } from './live-events.js';

/** Milliseconds between signs of life: proxies end connections that say nothing. */
const PING_MS = 25_000;

@InboxController('api/events')
export class EventsController {
  readonly #events: LiveEvents;
  readonly #closing: Closing;

  constructor(events: LiveEvents, closing: Closing) {
    this.#events = events;
    this.#closing = closing;
  }

  /** Begins with a `ping`, or with what was missed since `Last-Event-ID`, or with `reset` when that is not known. */
  @Get('', {
    summary: 'What happens, live (server-sent events); Last-Event-ID resumes, `reset` says that it cannot',
    answer: 'text/event-stream',
    needsHeader: true,
  })
  stream(request: InboxRequest): EventAnswer {
    const last = headerOf(request, 'last-event-id');
    const pings = interval(PING_MS).pipe(map(() => this.#sign('ping')));
    const missed = defer(() => from(this.#missed(last)));
    return new EventAnswer(
      merge(this.#further(), concat(missed, pings)).pipe(takeUntil(this.#closing.signal)),
    );
  }

  #missed(last: string | undefined): readonly StreamedEvent[] {
    if (last === undefined || last === '') return [this.#sign('ping')];
    const missed = this.#events.since(last);
    return missed === undefined ? [this.#sign('reset')] : [...missed, this.#sign('ping')];
  }

  #further(): Observable<StreamedEvent> {
    return new Observable((subscriber) => this.#events.follow((event) => subscriber.next(event)));
  }

  /** An event with the newest id, so that a client that resumes from it misses nothing. */
  #sign(type: 'ping' | 'reset'): StreamedEvent {
    return { id: this.#events.lastId, type, data: {} };
  }
}
