import { fieldOf } from '../../errors/mail-error.js';

/** What BullMQ says of a job that is not as a move needs it; undefined for all other errors. */
export function jobFault(error: unknown): number | undefined {
  const code = fieldOf(error, 'code');
  return typeof code === 'number' ? code : undefined;
}

/** Resolves with false if nothing was done: the job is gone, or somebody else has it. */
export async function unlessGone(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (jobFault(error) === undefined) throw error;
    return false;
  }
}
