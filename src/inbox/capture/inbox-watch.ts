import { Logger } from '@nestjs/common';
import { type MailError, messageOf } from '../../errors/mail-error.js';
import type { MailEventName, MailEvents } from '../../mail.events.js';
import type { MailWatcher } from '../../mail.watch.js';
import type { RenderedMessage } from '../../message/message.js';

/**
 * Hands on what the mailroom tells to the parts of the inbox that asked for it. What goes wrong in one
 * of them is told in the log, and never the mail's problem.
 */
export class InboxWatch implements MailWatcher {
  readonly #logger = new Logger('MailInbox');
  readonly #watchers = new Set<Partial<MailWatcher>>();

  /** Until the returned function is called. */
  add(watcher: Partial<MailWatcher>): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  approved(message: RenderedMessage, context: object | undefined): void {
    this.#ask((watcher) => watcher.approved?.(message, context));
  }

  happened<N extends MailEventName>(name: N, event: MailEvents[N]): void {
    this.#ask((watcher) => watcher.happened?.(name, event));
  }

  rehearse(message: RenderedMessage): MailError | undefined {
    return this.#ask((watcher) => watcher.rehearse?.(message));
  }

  /** The first answer there is; without one, all are asked. */
  #ask<T>(question: (watcher: Partial<MailWatcher>) => T | undefined): T | undefined {
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
