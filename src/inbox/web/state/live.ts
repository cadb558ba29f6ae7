import { signal, type ReadonlySignal } from '@preact/signals';

import type { MessageSummary } from '../../api/messages.js';
import { followEvents, type ServerEvent } from '../api/event-stream.js';
import type { Mailbox } from './mailbox.js';

const TOPICS = ['queue', 'template', 'chaos'] as const;
type Topic = (typeof TOPICS)[number];

/** What the server tells while the page is open. */
export class Live {
  readonly state = signal<'connecting' | 'live' | 'waiting'>('connecting');
  readonly #news = { queue: signal(0), template: signal(0), chaos: signal(0) };
  readonly #mailbox: Mailbox;

  constructor(mailbox: Mailbox) {
    this.#mailbox = mailbox;
  }

  /** Counts the news of a topic: who reads it reads again when it changes. */
  news(topic: Topic): ReadonlySignal<number> {
    return this.#news[topic];
  }

  async follow(signal: AbortSignal): Promise<void> {
    const onState = (state: 'live' | 'waiting'): void => {
      // Where no event came before the connection was lost, there is none to resume after.
      if (state === 'live' && this.state.value === 'waiting') this.#readAllAgain();
      this.state.value = state;
    };
    await followEvents({ onState, onEvent: (event) => this.#take(event) }, signal);
  }

  #take({ type, data }: ServerEvent): void {
    if (type === 'message' && isSummary(data)) return this.#mailbox.changed(data);
    if (type === 'removed') return this.#mailbox.removed(removedIds(data));
    const topic = TOPICS.find((name) => name === type);
    if (topic !== undefined) this.#news[topic].value += 1;
    else if (type === 'reset') this.#readAllAgain();
  }

  #readAllAgain(): void {
    void this.#mailbox.refresh();
    for (const topic of TOPICS) this.#news[topic].value += 1;
  }
}

function isSummary(data: unknown): data is MessageSummary {
  return typeof data === 'object' && data !== null && 'id' in data;
}

function removedIds(data: unknown): readonly string[] | 'all' {
  const ids: unknown = typeof data === 'object' && data !== null && 'ids' in data ? data.ids : undefined;
  return Array.isArray(ids) ? ids.map(String) : 'all';
}
