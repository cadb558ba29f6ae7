import type { MailError } from './errors/mail-error.js';
import type { MailEventName, MailEvents, PublishMailEvent } from './mail.events.js';
import type { RenderedMessage } from './message/message.js';
import { RehearsedTransport } from './transport/rehearsed.transport.js';
import type { Transport } from './transport/transport.js';

/**
 * Who watches every mail of an application, as the inbox does: what a global module provides under
 * `MAIL_WATCHER`. Called in the mail's own way, so none of its methods may take long or throw.
 */
export interface MailWatcher {
  /**
   * Interceptors and guard let the mail pass; the transport or the queue is next. It may still come to
   * nothing without an event: the same idempotency key was there before, or the queue did not take it.
   * @param context what its template was given
   */
  approved(message: RenderedMessage, context: object | undefined): void;
  /** Every event, as it is published. */
  happened<N extends MailEventName>(name: N, event: MailEvents[N]): void;
  /** Asked before each attempt: the fault it is to end with, instead of being made. */
  rehearse(message: RenderedMessage): MailError | undefined;
}

/** Token of the application's one `MailWatcher`; without one nothing is watched. */
export const MAIL_WATCHER = Symbol.for('nest-mailroom:watcher');

/** The transport as the watcher lets it work. One for the mailers that share it: they share its faults too. */
export function rehearsing(watcher: MailWatcher | undefined): (transport: Transport) => Transport {
  if (!watcher) return (transport) => transport;
  const rehearsed = new Map<Transport, Transport>();
  return (transport) => {
    const known = rehearsed.get(transport);
    const made = known ?? new RehearsedTransport(transport, (message) => watcher.rehearse(message));
    rehearsed.set(transport, made);
    return made;
  };
}

/** The watcher is told first: a listener may look at once whether the mail is there. */
export function watched(publish: PublishMailEvent, watcher: MailWatcher | undefined): PublishMailEvent {
  if (!watcher) return publish;
  return (name, event) => {
    watcher.happened(name, event);
    publish(name, event);
  };
}
