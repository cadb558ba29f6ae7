import { MailError } from '../errors/mail-error.js';
import type { MailQueue } from './mail-queue.js';

/** The queue of a module without a queue: every call fails and says how to configure one. */
export class DisabledQueue implements MailQueue {
  readonly name = 'off';
  readonly warnings = [];
  readonly #why: string;

  /** @param why it is missing, and what to do about it */
  constructor(why: string) {
    this.#why = why;
  }

  async open(): Promise<void> {}

  async add(): Promise<never> {
    throw this.#missing();
  }

  async claim(): Promise<readonly []> {
    return [];
  }

  async extend(): Promise<readonly []> {
    return [];
  }

  async settle(): Promise<void> {}

  async nextDueAt(): Promise<undefined> {}

  async stats(): Promise<never> {
    throw this.#missing();
  }

  async list(): Promise<never> {
    throw this.#missing();
  }

  async get(): Promise<never> {
    throw this.#missing();
  }

  async retry(): Promise<never> {
    throw this.#missing();
  }

  async cancel(): Promise<never> {
    throw this.#missing();
  }

  async prune(): Promise<void> {}

  async close(): Promise<void> {}

  #missing(): MailError {
    return new MailError(
      'config',
      `There is no mail queue: ${this.#why}. send() delivers at once, without one.`,
    );
  }
}
