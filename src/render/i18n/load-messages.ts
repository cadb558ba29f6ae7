import { loadIcuEngine } from './icu-engine.js';
import { Messages, type MessagesOptions } from './messages.js';

/** The messages of folders, and what reads them when there are any. */
export async function loadMessages(options: Omit<MessagesOptions, 'engine'>): Promise<Messages> {
  const some = options.folders.some(({ messages }) => messages.length > 0);
  return new Messages({ ...options, engine: some ? await loadIcuEngine() : undefined });
}
