import { signal, type ReadonlySignal } from '@preact/signals';

import type { MessageSummary } from '../../api/messages.js';
import { isObject } from '../api/client.js';
import { followEvents, type ServerEvent } from '../api/event-stream.js';
import type { MessageList } from './message-list.js';

const TOPICS = ['queue', 'template', 'chaos'] as const;
type Topic = (typeof TOPICS)[number];

/** Applies the server's events to the page. */
export class Live {
  readonly state = signal<'connecting' | 'live' | 'waiting'>('connecting');
  readonly #news = { queue: signal(0), template: signal(0), chaos: signal(0) };
  readonly #mailbox: MessageList;

  constructor(mailbox: MessageList) {
    this.#mailbox = mailbox;
  }

  /** Counts the events of a topic; components that read it reload when it changes. */
  news(topic: Topic): ReadonlySignal<number> {
    return this.#news[topic];
  }

  async follow(signal: AbortSignal): Promise<void> {
    const onState = (state: 'live' | 'waiting'): void => {
      // If no event arrived before the connection was lost, there is no id to resume from.
      if (state === 'live' && this.state.value === 'waiting') this.#reloadAll();
      this.state.value = state;
    };
    await followEvents({ onState, onEvent: (event) => this.#handle(event) }, signal);
  }

  #handle({ type, data }: ServerEvent): void {
    if (type === 'message' && isSummary(data)) return this.#mailbox.changed(data);
    if (type === 'removed') return this.#mailbox.removed(removedIds(data));
    const topic = TOPICS.find((name) => name === type);
    if (topic !== undefined) this.#news[topic].value += 1;
    else if (type === 'reset') this.#reloadAll();
  }

  #reloadAll(): void {
    void this.#mailbox.refresh();
    for (const topic of TOPICS) this.#news[topic].value += 1;
  }
}

function isSummary(data: unknown): data is MessageSummary {
  return isObject(data) && 'id' in data;
}

function removedIds(data: unknown): readonly string[] | 'all' {
  const ids: unknown = isObject(data) && 'ids' in data ? data.ids : undefined;
  return Array.isArray(ids) ? ids.map(String) : 'all';
}
