import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import type { Transport } from '../transport.js';
import { type ComposedDependencies, namesChecked } from './composed.transport.js';
import type { Member, MemberOption } from './member.js';
import { type MemberChoice, SwitchingTransport } from './switching.transport.js';

export interface RoundRobinOptions {
  /** Shares of the members in their order, whole numbers from 1 to 1000. @default 1 each @example [3, 1] */
  readonly weights?: readonly number[] | undefined;
}

const MOST = 1_000;

/** Gives members their turns by weight, evenly mixed: weights of 3 and 1 give a a b a. */
class WeightedTurns implements MemberChoice {
  readonly #weights: readonly number[] | undefined;
  /** How much each member is owed. Invariant: the sum is 0. */
  readonly #owed: number[] = [];

  constructor(weights: readonly number[] | undefined) {
    this.#weights = weights;
  }

  among(members: readonly Member[]): readonly Member[] {
    return members;
  }

  /** The member whose turn it is comes first. Members behind an open breaker take no turn, unless all are. */
  inOrder(members: readonly Member[]): readonly Member[] {
    const able = members.map(({ breaker }) => breaker.allows(1) > 0);
    const first = this.#next(able.includes(true) ? able : members.map(() => true));
    return [...members.slice(first), ...members.slice(0, first)];
  }

  #next(able: readonly boolean[]): number {
    let first = -1;
    let total = 0;
    for (const [index, isAble] of able.entries()) {
      if (!isAble) continue;
      const weight = this.#weights?.[index] ?? 1;
      total += weight;
      this.#owed[index] = this.#owedTo(index) + weight;
      if (first < 0 || this.#owedTo(index) > this.#owedTo(first)) first = index;
    }
    this.#owed[first] = this.#owedTo(first) - total;
    return first;
  }

  #owedTo(index: number): number {
    return this.#owed[index] ?? 0;
  }
}

/** @throws {MailError} `config` */
export function roundRobinTransport(
  members: readonly MemberOption[],
  { weights }: RoundRobinOptions = {},
  dependencies?: ComposedDependencies,
): SwitchingTransport {
  const made = new SwitchingTransport('roundrobin', members, new WeightedTurns(weights), dependencies);
  if (weights === undefined) return made;
  if (Array.isArray(weights) && weights.length === members.length && weights.every(isWeight)) return made;
  throw new MailError(
    'config',
    `roundRobin(): expected as weights ${members.length} whole numbers from 1 to ${MOST}, one for each member, got ${weightsText(weights)}.`,
    { scope: 'config' },
  );
}

const isWeight = (weight: unknown): boolean =>
  typeof weight === 'number' && Number.isInteger(weight) && weight >= 1 && weight <= MOST;

function weightsText(weights: unknown): string {
  return Array.isArray(weights) ? `[${weights.map(show).join(', ')}]` : show(weights);
}

/**
 * Spreads mails over its members, by turns or by weight: `roundRobin([a, b], { weights: [3, 1] })`. A mail whose member
 * cannot send goes on to the next one, by the rules of `failover`.
 * @throws {MailError} `config` for wrong members or weights
 */
export function roundRobin(members: readonly MemberOption[], options: RoundRobinOptions = {}): Transport {
  return namesChecked(roundRobinTransport(members, options));
}
