import { randomInt } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { throwIfAborted, untilAborted } from '../../errors/abort.js';
import { asMailError, MailError, messageOf } from '../../errors/mail-error.js';
import { withoutPeople } from '../../errors/show.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { closedError } from '../closed.js';
import { DelegatingTransport } from '../delegating.transport.js';
import type { TransportLogger } from '../resources.js';
import type { AttemptOptions, Transport } from '../transport.js';
import { type Leaf, Member, type MemberOption } from './member.js';
import { nobodyWorks } from './nobody-works.js';
import { PendingTransport } from './pending.transport.js';
import { readMembers } from './read-members.js';

export interface ComposedDependencies {
  readonly logger?: TransportLogger | undefined;
  /** Milliseconds that never go back. */
  readonly monotonic?: (() => number) | undefined;
  /** From 0 up to 1. */
  readonly random?: (() => number) | undefined;
}

/** Milliseconds that a member may take to close. */
const CLOSE_MS = 5_000;

export const OWN_NAMES = 'members with names of their own';
export const NAME_THEM =
  "Name them, such as { name: 'main', transport: … } in code or main=smtp://… in a URL";

/** A transport that hands mails to other transports, its members. */
export abstract class ComposedTransport implements Transport {
  readonly kind: string;
  readonly list: readonly Member[];
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly #logger: TransportLogger;
  #isMade = false;
  #closing: Promise<void> | undefined;

  /**
   * @param kind its name in URLs, such as `failover`
   * @throws {MailError} `config`
   */
  constructor(kind: string, members: readonly MemberOption[], dependencies: ComposedDependencies = {}) {
    this.kind = kind;
    this.#logger = dependencies.logger ?? new Logger('MailTransport');
    this.monotonic = dependencies.monotonic ?? (() => performance.now());
    this.random = dependencies.random ?? (() => randomInt(2 ** 32) / 2 ** 32);
    this.list = readMembers(kind, members).map(({ name, transport }) => this.#member(name, transport));
  }

  /** For instance `failover(smtp sendgrid)`. */
  get name(): string {
    return `${this.kind}(${this.list.map(({ label }) => label).join(' ')})`;
  }

  get target(): string | undefined {
    const targets = new Set(this.list.map(({ transport }) => transport.target).filter(Boolean));
    return targets.size > 0 ? [...targets].join(', ') : undefined;
  }

  get captures(): boolean {
    return this.list.every(({ transport }) => transport.captures === true);
  }

  get members(): readonly string[] {
    return [...new Set(this.list.flatMap(({ names }) => names))];
  }

  /** The transports that make the attempts, also those of members that wrap others. */
  get leaves(): readonly Leaf[] {
    return this.list.flatMap((member) => {
      const composed = composedIn(member.transport);
      return composed ? composed.leaves : [{ name: member.name, transport: member.transport }];
    });
  }

  /** Members that the module has still to make. */
  get pending(): readonly PendingTransport[] {
    return this.list.flatMap(({ transport }) => {
      if (transport instanceof PendingTransport && !transport.isMade) return [transport];
      return composedIn(transport)?.pending ?? [];
    });
  }

  /** Makes the same transport of other members: those that the module has made of URLs and options. */
  abstract withMembers(
    members: readonly MemberOption[],
    dependencies: ComposedDependencies,
  ): ComposedTransport;

  abstract send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt>;

  abstract check(message: RenderedMessage): void;

  checkAtBoot(): readonly string[] {
    this.checkNames();
    const warnings: string[] = [];
    const faults: string[] = [];
    for (const { transport } of this.list) {
      try {
        warnings.push(...(transport.checkAtBoot?.() ?? []));
      } catch (error) {
        if (!MailError.is(error)) throw error;
        faults.push(error.message);
      }
    }
    if (faults.length > 0) throw new MailError('config', faults.join('\n'));
    return warnings;
  }

  /** Resolves if a mail could be handed over to at least one member; logs the faults of the others. */
  async verify(options: AttemptOptions): Promise<void> {
    this.throwIfUnusable();
    throwIfAborted(options.signal);
    const { signal } = options;
    const each = this.list.map(({ transport }) => untilAborted(transport.verify(options), signal));
    const results = await Promise.allSettled(each);
    const faults = this.list.flatMap((member, index) => {
      const result = results[index];
      return result?.status === 'rejected' ? [{ member, error: asMailError(result.reason) }] : [];
    });
    if (faults.length === this.list.length) throw nobodyWorks(this.name, faults);
    for (const { member, error } of faults) this.#warn(member, error);
  }

  /**
   * Closes all members at the same time, once.
   * @throws {MailError} if some do not close in time, naming them
   */
  close(): Promise<void> {
    this.#closing ??= closeAll(this.list);
    return this.#closing;
  }

  /** @throws {MailError} `closed`; `config` if the module has not made its members */
  throwIfUnusable(): void {
    this.throwIfClosed();
    const [pending] = this.#isMade ? [] : this.pending;
    // Otherwise the mail would go past such a member unnoticed.
    if (pending) throw pending.unmade;
    this.#isMade = true;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** @throws {MailError} `closed` */
  throwIfClosed(): void {
    if (this.isClosed) throw closedError(this.name);
  }

  /** @throws {MailError} `config` if two members have the same name: a mail that may have been sent belongs to one of them */
  checkNames(): void {
    const name = this.repeatedName;
    if (name === undefined) return;
    throw new MailError(
      'config',
      `${this.name}: expected ${OWN_NAMES}, got ${JSON.stringify(name)} twice. ${NAME_THEM}.`,
      {
        scope: 'config',
      },
    );
  }

  get repeatedName(): string | undefined {
    return sameName(this.list) ?? otherOwner(this.leaves);
  }

  #member(name: string | undefined, transport: Transport): Member {
    const { monotonic, random } = this;
    const member: Member = new Member(transport, name, {
      monotonic,
      random,
      onFault: (error) => this.#warn(member, error),
      onWorking: () => this.#logger.log(`${this.name} sends by ${member.name} again.`),
    });
    return member;
  }

  #warn({ name }: Member, error: MailError): void {
    const line = `${this.name} cannot send by ${name} now: ${withoutPeople(error.message)}`;
    if (this.#logger.warn) this.#logger.warn(line);
    else this.#logger.log(line);
  }
}

/** Checks the names of a transport that is given in code, if they are known already. @throws {MailError} `config` */
export function namesChecked(composed: ComposedTransport): ComposedTransport {
  if (composed.pending.length === 0) composed.checkNames();
  return composed;
}

/** The transport that wraps others behind a transport that only passes mails on. */
export function composedIn(transport: Transport): ComposedTransport | undefined {
  if (transport instanceof ComposedTransport) return transport;
  if (transport instanceof PendingTransport && !transport.isMade) return undefined;
  return transport instanceof DelegatingTransport ? composedIn(transport.inner) : undefined;
}

function sameName(members: readonly Leaf[]): string | undefined {
  const names = members.map(({ name }) => name);
  return names.find((name, index) => names.indexOf(name) < index);
}

/** A name of two different transports. One transport may be a member at several places. */
function otherOwner(leaves: readonly Leaf[]): string | undefined {
  const owners = new Map<string, Transport>();
  for (const { name, transport } of leaves) {
    const owner = owners.get(name) ?? transport;
    if (owner !== transport) return name;
    owners.set(name, owner);
  }
  return undefined;
}

async function closeAll(members: readonly Member[]): Promise<void> {
  const results = await Promise.allSettled(members.map(closeInTime));
  const faults = results.flatMap((result) =>
    result.status === 'rejected' ? [messageOf(result.reason)] : [],
  );
  if (faults.length > 0) throw new MailError('transport-unavailable', faults.join(' '));
}

async function closeInTime({ name, transport }: Member): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new MailError('timeout', `${name} did not close within ${CLOSE_MS} ms.`);
    timer = setTimeout(() => reject(error), CLOSE_MS);
  });
  try {
    await Promise.race([transport.close(), late]);
  } finally {
    clearTimeout(timer);
  }
}
