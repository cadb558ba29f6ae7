import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** An event of the stream that pages follow. */
export interface LiveEvent {
  /** `<random id of this process>-<number>`; clients resume from it with `Last-Event-ID`. */
  readonly id: string;
  readonly type: string;
  readonly data: object;
}

type Listener = (event: LiveEvent) => void;

/** Number of past events that a page can still fetch when it reconnects. */
const MAX_REMEMBERED = 500;

/** Publishes changes of the inbox to the pages that follow it, and keeps recent ones for pages that reconnect. */
@Injectable()
export class LiveEvents {
  readonly #start = randomBytes(4).toString('hex');
  readonly #recent: LiveEvent[] = [];
  readonly #listeners = new Set<Listener>();
  #last = 0;

  /** Id of the newest event. */
  get lastId(): string {
    return `${this.#start}-${this.#last}`;
  }

  publish(type: string, data: object): void {
    this.#last += 1;
    const event = { id: this.lastId, type, data };
    this.#recent.push(event);
    if (this.#recent.length > MAX_REMEMBERED) this.#recent.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /** Returns the events after the one with that id; undefined if the id is unknown or forgotten. */
  since(id: string): readonly LiveEvent[] | undefined {
    if (id === this.lastId) return [];
    const index = this.#recent.findIndex((event) => event.id === id);
    if (index !== -1) return this.#recent.slice(index + 1);
    return id === `${this.#start}-0` && this.#last === this.#recent.length ? [...this.#recent] : undefined;
  }

  /** Calls `listener` for every further event, until the returned function is called. */
  follow(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
