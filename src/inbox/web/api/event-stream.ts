import { apiUrl, INBOX_HEADER } from './client.js';

export interface ServerEvent {
  readonly type: string;
  readonly id: string;
  readonly data: unknown;
}

/** Splits a text/event-stream into events (HTML §9.2.6). Ignores comments, which only keep the connection open. */
export class EventParser {
  #rest = '';

  /** @returns the events that this chunk completes */
  push(chunk: string): readonly ServerEvent[] {
    const blocks = (this.#rest + chunk).replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.map(eventOf).filter((event) => event !== undefined);
  }
}

function eventOf(block: string): ServerEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    const before = name === 'data' ? fields.get(name) : undefined;
    fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return { type: fields.get('event') ?? 'message', id: fields.get('id') ?? '', data: parsed(data) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export interface StreamListener {
  readonly onEvent: (event: ServerEvent) => void;
  readonly onState: (state: 'live' | 'waiting') => void;
}

/** Milliseconds before reconnecting a lost stream; doubled after each failure. */
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;

/**
 * Follows the inbox's events until `signal` aborts; reconnects and resumes after the last event.
 * Uses `fetch`, since `EventSource` cannot send a header.
 */
export async function followEvents(listener: StreamListener, signal: AbortSignal): Promise<void> {
  let last = '';
  let wait = FIRST_WAIT_MS;
  const onEvent = (event: ServerEvent): void => {
    if (event.id !== '') last = event.id;
    listener.onEvent(event);
  };
  while (!signal.aborted) {
    const reached = await readEvents(last, signal, { onState: listener.onState, onEvent });
    wait = reached ? FIRST_WAIT_MS : Math.min(wait * 2, MAX_WAIT_MS);
    listener.onState('waiting');
    await pause(wait, signal);
  }
}

/** @returns whether a stream was opened */
async function readEvents(last: string, signal: AbortSignal, listener: StreamListener): Promise<boolean> {
  const resume: Record<string, string> = last === '' ? {} : { 'last-event-id': last };
  let reached = false;
  try {
    const { ok, body } = await fetch(apiUrl('events'), { headers: { ...INBOX_HEADER, ...resume }, signal });
    if (!ok || body === null) return false;
    reached = true;
    listener.onState('live');
    await readAll(body, listener);
  } catch {
    // The application stopped, or the page is closing; the caller decides whether to reconnect.
  }
  return reached;
}

async function readAll(body: ReadableStream<Uint8Array>, listener: StreamListener): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    for (const event of parser.push(decoder.decode(part.value, { stream: true }))) listener.onEvent(event);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
