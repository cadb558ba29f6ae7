import { didYouMean } from '../../errors/closest.js';
import { MailError, messageOf } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Transport } from '../transport.js';
import { type ComposedDependencies, namesChecked } from './composed.transport.js';
import type { Member, MemberTransport } from './member.js';
import { type MemberChoice, SwitchingTransport } from './switching.transport.js';

/** Returns the name of the member that is to send a mail. It must be fast, and always give the same mail the same name. */
export type PickMember<N extends string = string> = (message: RenderedMessage) => N;

/** Sends each mail by the member that the application names. */
class NamedChoice implements MemberChoice {
  readonly #pick: PickMember;

  constructor(pick: PickMember) {
    this.#pick = pick;
  }

  among(members: readonly Member[], message: RenderedMessage): readonly Member[] {
    const name = this.#picked(message);
    const member = members.find(({ label }) => label === name);
    if (member) return [member];
    const known = members.map(({ label }) => label);
    const guess = typeof name === 'string' ? didYouMean(name, known) : '';
    throw unroutable(
      `route(): expected the name of a member among ${known.join(', ')}, got ${show(name)}${guess || '.'}`,
    );
  }

  inOrder(members: readonly Member[]): readonly Member[] {
    return members;
  }

  #picked(message: RenderedMessage): unknown {
    try {
      return this.#pick(message);
    } catch (error) {
      throw unroutable(`route(): the function that names the member failed: ${messageOf(error)}`, error);
    }
  }
}

/** A fault of this mail alone: others go on. */
function unroutable(message: string, cause?: unknown): MailError {
  return new MailError('config', message, { scope: 'mail', cause });
}

/** @throws {MailError} `config` */
export function routeTransport(
  pick: PickMember,
  members: Readonly<Record<string, MemberTransport>>,
  dependencies?: ComposedDependencies,
): SwitchingTransport {
  if (typeof pick !== 'function') {
    throw new MailError('config', `route(): expected a function that names a member, got ${show(pick)}.`);
  }
  const named = Object.entries(members).map(([name, transport]) => ({ name, transport }));
  return new SwitchingTransport('route', named, new NamedChoice(pick), dependencies);
}

/**
 * Sends each mail by the member that the function names, by its recipients, tags, mailer or metadata:
 * `route(({ tags }) => (tags.includes('news') ? 'bulk' : 'main'), { main: 'smtp://…', bulk: 'sendgrid://…' })`.
 * A mail whose member cannot send waits for it; mails of the other members go on.
 * @throws {MailError} `config` for wrong members; a mail for which the function names no member is refused so
 */
export function route<const M extends Readonly<Record<string, MemberTransport>>>(
  pick: PickMember<keyof M & string>,
  members: M,
): Transport {
  return namesChecked(routeTransport(pick, members));
}
