import { afterCleanup } from '../../support/application.js';

export interface StreamEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Follows the inbox's events as the page does, until `cleanup`. */
export class EventStream {
  readonly #events: AsyncGenerator<StreamEvent>;
  readonly #abort = new AbortController();
  readonly status: number;

  private constructor(response: Response, abort: AbortController) {
    this.#abort = abort;
    this.status = response.status;
    this.#events = eventsOf(response);
    afterCleanup(() => this.close());
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const abort = new AbortController();
    const all = { 'x-mail-inbox': '1', ...headers };
    return new EventStream(await fetch(url, { headers: all, signal: abort.signal }), abort);
  }

  /** The next event; undefined after the end of the stream. */
  async next(): Promise<StreamEvent | undefined> {
    const { value, done } = await this.#events.next();
    return done === true ? undefined : value;
  }

  /** The next event of that type; skips others. */
  async nextOf(type: string): Promise<StreamEvent | undefined> {
    let event = await this.next();
    while (event && event.type !== type) event = await this.next();
    return event;
  }

  close(): Promise<void> {
    this.#abort.abort();
    return Promise.resolve();
  }
}

async function* eventsOf(response: Response): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks
      .map((block) => block.trim())
      .filter((block) => block !== '')
      .map(parsed);
  }
}

function parsed(block: string): StreamEvent {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  return {
    id: fields.get('id') ?? '',
    type: fields.get('event') ?? 'message',
    data: JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown>,
  };
}
