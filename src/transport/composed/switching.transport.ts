import { throwIfAborted } from '../../errors/abort.js';
import { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import type { AttemptOptions } from '../transport.js';
import { type ComposedDependencies, ComposedTransport } from './composed.transport.js';
import type { Member, MemberOption } from './member.js';
import { MemberRun } from './member-run.js';
import { inexpressible, type MemberFault } from './nobody-works.js';

/** Chooses members for a mail. */
export interface MemberChoice {
  /**
   * Returns the members that may get a mail.
   * @throws {MailError} if there is none
   */
  among(members: readonly Member[], message: RenderedMessage): readonly Member[];
  /** Returns them in the order in which they are tried. It may change from call to call. */
  inOrder(members: readonly Member[]): readonly Member[];
}

/** Hands a mail to one of its members, and to the next one if that cannot have sent it. */
export class SwitchingTransport extends ComposedTransport {
  readonly #choice: MemberChoice;

  /** @throws {MailError} `config` */
  constructor(
    kind: string,
    members: readonly MemberOption[],
    choice: MemberChoice,
    dependencies?: ComposedDependencies,
  ) {
    super(kind, members, dependencies);
    this.#choice = choice;
  }

  withMembers(members: readonly MemberOption[], dependencies: ComposedDependencies): SwitchingTransport {
    return new SwitchingTransport(this.kind, members, this.#choice, dependencies);
  }

  async send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
    this.throwIfUnusable();
    throwIfAborted(options.signal);
    const members =
      options.pinnedTo === undefined
        ? this.#choice.inOrder(this.#choice.among(this.list, message))
        : [this.#owner(options.pinnedTo)];
    return new MemberRun(this, members, message, options).receipt();
  }

  /** Refuses a mail that none of its members can carry. */
  check(message: RenderedMessage): void {
    const faults: MemberFault[] = [];
    const members = this.#choice.among(this.list, message);
    for (const member of members) {
      const error = refusalOf(member, message);
      if (!error) return;
      faults.push({ member, error });
    }
    throw inexpressible(this.name, faults);
  }

  /** @throws {MailError} `ambiguous`: whether the mail was sent is not known, and no other member may get it */
  #owner(name: string): Member {
    const owner = this.list.find(({ names }) => names.includes(name));
    if (owner) return owner;
    throw new MailError(
      'ambiguous',
      `The mail may have been sent by ${name}, which is no member of ${this.name} any more.`,
      { transport: name, retryable: false },
    );
  }
}

function refusalOf({ transport }: Member, message: RenderedMessage): MailError | undefined {
  try {
    transport.check?.(message);
    return undefined;
  } catch (error) {
    if (MailError.is(error) && error.code === 'unsupported') return error;
    throw error;
  }
}
