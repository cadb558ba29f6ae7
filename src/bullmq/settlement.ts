import { Job } from 'bullmq';
import type { Settlement } from '../queue/mail-queue.js';
import type { HeldClaim } from './claims.js';
import type { BullMqCommand } from './redis/redis-store.js';

/** How a claim ends here: also as a mail that cannot be read. */
export type Ending = Settlement | { readonly state: 'corrupt' };

/** Milliseconds since 1970: when it is to be tried. */
export function dueAfter(ending: Ending, { due }: HeldClaim): number {
  const dueAt = 'dueAt' in ending ? ending.dueAt?.getTime() : undefined;
  return Math.trunc(dueAt ?? due);
}

/** What BullMQ makes of it: mails for later are delayed, those sent completed, all others failed. */
export function movement(ending: Ending, held: HeldClaim, token: string): BullMqCommand {
  const { jobId } = held;
  return (queue, pipeline) => {
    const backend = queue.getBackend();
    if (ending.state === 'waiting' || ending.state === 'released') {
      const [from, delay] = delayed(dueAfter(ending, held));
      const args = backend.moveToDelayedArgs(jobId, from, token, delay, { skipAttempt: true });
      void backend.execCommand(pipeline, 'moveToDelayed', args);
      return;
    }
    const job = new Job(queue, 'mail', undefined, {}, jobId);
    const args =
      ending.state === 'sent'
        ? backend.moveToCompletedArgs(job, 'sent', false, token, false)
        : backend.moveToFailedArgs(job, reasonOf(ending), false, token, false);
    void backend.execCommand(pipeline, 'moveToFinished', args);
  };
}

/** As BullMQ wants it: a time, and more than no milliseconds after it. */
export function delayed(due: number): readonly [from: number, delay: number] {
  return [due - 1, 1];
}

function reasonOf(ending: Ending): string {
  const error = 'attempt' in ending ? ending.attempt?.error : undefined;
  return error ? `${ending.state}: ${error.message}` : ending.state;
}
