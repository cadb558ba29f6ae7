import type { NewMail } from '../../src/queue/mail-queue.js';
import { renderedMessage } from '../message.js';

const DAY_MS = 24 * 3_600_000;

/** The rendered receipt as the input of a queue. */
export async function newMail(): Promise<NewMail> {
  const message = await renderedMessage();
  const now = Date.now();
  return { message, priority: 'normal', dueAt: new Date(now), expiresAt: new Date(now + DAY_MS) };
}
