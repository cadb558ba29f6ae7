import { Logger } from '@nestjs/common';
import { type MailError, messageOf } from '../../errors/mail-error.js';
import type { MailEventName, MailEvents } from '../../mail.events.js';
import type { MailObserver } from '../../mail.observer.js';
import type { RenderedMessage } from '../../message/message.js';

/**
 * Hands on what the mailroom tells to the parts of the inbox that asked for it. What goes wrong in one
 * of them is told in the log, and never the mail's problem.
 */
export class InboxWatch implements MailObserver {
  readonly #logger = new Logger('MailInbox');
  readonly #watchers = new Set<Partial<MailObserver>>();

  /** Until the returned function is called. */
  add(watcher: Partial<MailObserver>): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  onApproved(message: RenderedMessage, context: object | undefined): void {
    this.#ask((watcher) => watcher.onApproved?.(message, context));
  }

  onEvent<N extends MailEventName>(name: N, event: MailEvents[N]): void {
    this.#ask((watcher) => watcher.onEvent?.(name, event));
  }

  injectFault(message: RenderedMessage): MailError | undefined {
    return this.#ask((watcher) => watcher.injectFault?.(message));
  }

  /** The first answer there is; without one, all are asked. */
  #ask<T>(question: (watcher: Partial<MailObserver>) => T | undefined): T | undefined {
    for (const watcher of this.#watchers) {
      try {
        const answer = question(watcher);
        if (answer !== undefined) return answer;
      } catch (error) {
        this.#logger.error(`The inbox failed to follow a mail: ${messageOf(error)}`);
      }
    }
    return undefined;
  }
}
