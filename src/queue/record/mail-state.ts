import type { MailPriority, QueueState } from '../mail-queue.js';

/**
 * States and priorities as numbers of the schema: never renumber. Below `ENDED` a mail can be claimed,
 * now or later; the indexes rest on that.
 */
export const STATES = [
  'waiting',
  'sending',
  'sent',
  'dead',
  'ambiguous',
  'expired',
  'cancelled',
  'corrupt',
] as const satisfies readonly QueueState[];

export const PRIORITIES = ['high', 'normal', 'low'] as const satisfies readonly MailPriority[];

export const stateNumber = (state: QueueState): number => STATES.indexOf(state);
export const priorityNumber = (priority: MailPriority): number => PRIORITIES.indexOf(priority);

export function priorityOf(number: number): MailPriority {
  const priority = PRIORITIES[number];
  if (priority === undefined) throw new RangeError(`no mail priority has the number ${number}`);
  return priority;
}
