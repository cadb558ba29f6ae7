import type { MailError } from './errors/mail-error.js';
import type { MailEventName, MailEvents, PublishMailEvent } from './mail.events.js';
import type { RenderedMessage } from './message/message.js';
import { FaultInjectingTransport } from './transport/fault-injecting.transport.js';
import type { Transport } from './transport/transport.js';

/**
 * Observes every mail of the application, as the inbox does; a global module provides it under `MAIL_OBSERVER`.
 * Called synchronously on the send path: its methods must be fast and must not throw.
 */
export interface MailObserver {
  /**
   * Interceptors and guard let the mail pass; the transport or the queue is next. The mail may still end without an
   * event: its idempotency key may be known already, or the queue may refuse it.
   * @param context the context of its template
   */
  onApproved(message: RenderedMessage, context: object | undefined): void;
  /** Called with every event as it is published. */
  onEvent<N extends MailEventName>(name: N, event: MailEvents[N]): void;
  /** Called before each attempt; a returned error is the attempt's result, and nothing is sent. */
  injectFault(message: RenderedMessage): MailError | undefined;
}

/** Token of the application's one `MailObserver`, which is optional. */
export const MAIL_OBSERVER = Symbol.for('nest-mailroom:observer');

/** Wraps transports so that the observer can inject faults. Mailers that share a transport share its wrapper. */
export function faultInjecting(observer: MailObserver | undefined): (transport: Transport) => Transport {
  if (!observer) return (transport) => transport;
  const injecting = new WeakMap<Transport, Transport>();
  return (transport) => {
    const known = injecting.get(transport);
    const made = known ?? new FaultInjectingTransport(transport, (message) => observer.injectFault(message));
    injecting.set(transport, made);
    return made;
  };
}

/** Calls the observer first: a listener may look at once whether the mail is there. */
export function observed(publish: PublishMailEvent, observer: MailObserver | undefined): PublishMailEvent {
  if (!observer) return publish;
  return (name, event) => {
    observer.onEvent(name, event);
    publish(name, event);
  };
}
