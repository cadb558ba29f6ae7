import { Headers, Inject, type MessageEvent, Sse } from '@nestjs/common';
import { concat, defer, from, interval, map, merge, Observable, takeUntil } from 'rxjs';
import { InboxController } from '../safety/inbox-controller.js';
import { NeedsHeader } from '../safety/inbox-door.js';
import { Closing } from './closing.js';
import { type LiveEvent, LiveEvents } from './live-events.js';

/** Milliseconds between signs of life: proxies end connections that say nothing. */
const PING_MS = 25_000;

@InboxController('api/events')
export class EventsController {
  readonly #events: LiveEvents;
  readonly #closing: Closing;

  constructor(@Inject(LiveEvents) events: LiveEvents, @Inject(Closing) closing: Closing) {
    this.#events = events;
    this.#closing = closing;
  }

  /** Begins with a `ping`, or with what was missed since `Last-Event-ID`, or with `reset` when that is not known. */
  @Sse()
  @NeedsHeader()
  stream(@Headers('last-event-id') last?: string): Observable<MessageEvent> {
    const pings = interval(PING_MS).pipe(map(() => this.#sign('ping')));
    const missed = defer(() => from(this.#missed(last)));
    return merge(this.#further(), concat(missed, pings)).pipe(takeUntil(this.#closing.signal));
  }

  #missed(last: string | undefined): readonly MessageEvent[] {
    if (last === undefined || last === '') return [this.#sign('ping')];
    const missed = this.#events.since(last);
    return missed === undefined ? [this.#sign('reset')] : [...missed.map(toMessage), this.#sign('ping')];
  }

  #further(): Observable<MessageEvent> {
    return new Observable((subscriber) => this.#events.follow((event) => subscriber.next(toMessage(event))));
  }

  /** Under the newest id: whoever resumes from it has missed nothing. */
  #sign(type: 'ping' | 'reset'): MessageEvent {
    return { id: this.#events.lastId, type, data: {} };
  }
}

function toMessage({ id, type, data }: LiveEvent): MessageEvent {
  return { id, type, data };
}
