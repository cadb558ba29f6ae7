import { Logger } from '@nestjs/common';
import { type MailError, messageOf } from '../../errors/mail-error.js';
import type { MailEventName, MailEvents } from '../../mail.events.js';
import type { MailObserver } from '../../mail.observer.js';
import type { RenderedMessage } from '../../message/message.js';

/**
 * Forwards the mailroom's events to the parts of the inbox that subscribed. Logs what goes wrong in one of
 * them: an error in the inbox must not fail a mail.
 */
export class InboxObserver implements MailObserver {
  readonly #logger = new Logger('MailInbox');
  readonly #observers = new Set<Partial<MailObserver>>();

  /** @returns a function that ends the subscription */
  add(observer: Partial<MailObserver>): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  onApproved(message: RenderedMessage, context: object | undefined): void {
    this.#askEach((observer) => observer.onApproved?.(message, context));
  }

  onEvent<N extends MailEventName>(name: N, event: MailEvents[N]): void {
    this.#askEach((observer) => observer.onEvent?.(name, event));
  }

  injectFault(message: RenderedMessage): MailError | undefined {
    return this.#askEach((observer) => observer.injectFault?.(message));
  }

  /** Returns the first result that is not undefined; observers after it are not called. */
  #askEach<T>(question: (observer: Partial<MailObserver>) => T | undefined): T | undefined {
    for (const observer of this.#observers) {
      try {
        const answer = question(observer);
        if (answer !== undefined) return answer;
      } catch (error) {
        this.#logger.error(`The inbox failed to follow a mail: ${messageOf(error)}`);
      }
    }
    return undefined;
  }
}
