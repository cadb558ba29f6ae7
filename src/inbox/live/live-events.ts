import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** One event of the stream that pages follow. */
export interface LiveEvent {
  /** `<start of this process>-<number>`: what `Last-Event-ID` resumes from. */
  readonly id: string;
  readonly type: string;
  readonly data: object;
}

type Listener = (event: LiveEvent) => void;

/** Events a page that was away can still have. */
const REMEMBERED = 500;

/** What happened in the inbox, for the pages that follow it: those that come back are told what they missed. */
@Injectable()
export class LiveEvents {
  readonly #start = randomBytes(4).toString('hex');
  readonly #recent: LiveEvent[] = [];
  readonly #listeners = new Set<Listener>();
  #last = 0;

  /** Id of the newest. */
  get lastId(): string {
    return `${this.#start}-${this.#last}`;
  }

  publish(type: string, data: object): void {
    this.#last += 1;
    const event = { id: this.lastId, type, data };
    this.#recent.push(event);
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /** What was published after the event with that id; undefined when that is not known any more. */
  since(id: string): readonly LiveEvent[] | undefined {
    if (id === this.lastId) return [];
    const index = this.#recent.findIndex((event) => event.id === id);
    if (index !== -1) return this.#recent.slice(index + 1);
    return id === `${this.#start}-0` && this.#last === this.#recent.length ? [...this.#recent] : undefined;
  }

  /** Tells of every further event until the returned function is called. */
  follow(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
