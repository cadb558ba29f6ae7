import { didYouMean } from '../../errors/closest.js';
import { show } from '../../errors/show.js';
import type { QueueFilter, QueueState } from '../../queue/mail-queue.js';
import { STATES } from '../../queue/record/queue-record.js';
import { UsageError } from '../command.js';

/** Options of `parseArgs` for the actions that look for mails. */
export const FILTER_OPTIONS = {
  state: { type: 'string' },
  to: { type: 'string' },
  template: { type: 'string' },
  mailer: { type: 'string' },
  before: { type: 'string' },
} as const;

type FilterFlags = { readonly [option in keyof typeof FILTER_OPTIONS]?: string | undefined };

/**
 * @param states states that the action accepts
 * @throws {UsageError}
 */
export function filterOf(
  { state, to, template, mailer, before }: FilterFlags,
  now: Date,
  states: readonly QueueState[] = STATES,
): QueueFilter {
  return {
    ...(state !== undefined && { state: stateNamed(state, states) }),
    ...(to !== undefined && { to }),
    ...(template !== undefined && { template }),
    ...(mailer !== undefined && { mailer }),
    ...(before !== undefined && { before: timeOf(before, now) }),
  };
}

function stateNamed(name: string, states: readonly QueueState[]): QueueState {
  const state = states.find((candidate) => candidate === name);
  if (state) return state;
  const hint = didYouMean(name, states);
  throw new UsageError(`--state: expected ${states.join(', ')}, got ${show(name)}${hint}`);
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `Date` reads a date without a time as midnight UTC. */
function timeOf(text: string, now: Date): Date {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ago = Number(amount) * (UNITS[unit] ?? Number.NaN);
  const time = new Date(/^\d{4}-\d{2}-\d{2}/.test(text) ? text : now.getTime() - ago);
  if (!Number.isNaN(time.getTime())) return time;
  throw new UsageError(
    `--before: expected a date such as 2026-03-09T12:00Z or an age such as 30m, 2h, 7d, got ${show(text)}`,
  );
}
