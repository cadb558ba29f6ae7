import type { Type } from '@nestjs/common';
import { MailError, withTraits } from '../../errors/mail-error.js';
import type { Receipt } from '../../message/receipt.js';
import { CircuitBreaker, type CircuitBreakerOptions } from '../circuit-breaker.js';
import { DelegatingTransport } from '../delegating.transport.js';
import type { SmtpOptions } from '../smtp/smtp.options.js';
import type { Transport } from '../transport.js';
import { PendingTransport } from './pending.transport.js';

/** Everything that the option `transport` of the module takes. */
export type MemberTransport = string | SmtpOptions | Transport | Type<Transport>;

/**
 * A member of a transport that wraps others. Its name is in receipts, events and the queue; without one it is called by
 * scheme and host, such as `smtp://mail.example.test:587`. Members with the same scheme and host need names.
 */
export type MemberOption = MemberTransport | { readonly name: string; readonly transport: MemberTransport };

/** A transport that makes attempts itself, with the name that receipts have for it. */
export interface Leaf {
  readonly name: string;
  readonly transport: Transport;
}

/** One of the transports that another wraps, with its circuit breaker. */
export class Member {
  readonly transport: Transport;
  readonly breaker: CircuitBreaker;
  readonly given: string | undefined;

  /** @param given its name, if it was given one */
  constructor(transport: Transport, given: string | undefined, breaker: CircuitBreakerOptions) {
    this.transport = transport;
    this.breaker = new CircuitBreaker(breaker);
    this.given = given;
  }

  /** The word for it in the name of the transport that wraps it. */
  get label(): string {
    return this.given ?? this.transport.name;
  }

  get name(): string {
    return this.given ?? identityOf(this.transport);
  }

  /** The names that its receipts may have. */
  get names(): readonly string[] {
    return this.transport.members ?? [this.name];
  }

  /** Names this member in a receipt, unless a member of its own is named already. */
  named(receipt: Receipt): Receipt {
    return this.transport.members ? receipt : { ...receipt, transport: this.name };
  }

  /**
   * Names this member in an error. A fault of the whole member stays unnamed: the caller knows whether other members work.
   */
  blamed(error: MailError): MailError {
    if (isOfTransport(error) || error.transport !== undefined) return error;
    return withTraits(error, { transport: this.name });
  }
}

/** True for faults that every mail would meet. */
export function isOfTransport({ scope, outcome }: MailError): boolean {
  return outcome === 'not-sent' && (scope === 'transport' || scope === 'config');
}

const HOST = /^[\w.:[\]-]+$/;

/** Returns scheme and host of a transport, such as `smtp://mail.example.test:587`; its name alone if it reaches no host. */
export function identityOf(transport: Transport): string {
  if (transport instanceof PendingTransport && !transport.isMade) return transport.name;
  if (transport instanceof DelegatingTransport) return identityOf(transport.inner);
  const { name, target, captures } = transport;
  return captures || target === undefined || !HOST.test(target) ? name : `${name}://${target}`;
}

/** Whether a transport has the member, or is the transport, that an earlier attempt was made with. */
export function carries(transport: Transport, name: string): boolean {
  if (transport.members) return transport.members.includes(name);
  return transport.name === name || identityOf(transport) === name;
}
