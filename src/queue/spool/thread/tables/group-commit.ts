import { MailError } from '../../../../errors/mail-error.js';
import { SqliteCode, sqliteCode } from '../../../sqlite/sqlite-code.js';
import { needsRescue } from '../disk/spool-files.js';

/** What one request of a group came to. */
export type Outcome<T> = { readonly reply: T } | { readonly error: unknown };

/** Runs its argument in one transaction. */
export type Transact = <T>(body: () => T) => T;

/**
 * Applies requests in one transaction, so that they share one fsync. A request that `apply` refuses with
 * a `MailError`, before it has written anything, leaves the others alone; when the transaction fails, each
 * is tried by itself, so that a large one alone finds the disk full. Not when another process holds the
 * database: each would wait for that once more; nor when it is damaged or gone.
 */
export function commitTogether<Q, A>(
  transact: Transact,
  requests: readonly Q[],
  apply: (request: Q) => A,
): readonly Outcome<A>[] {
  try {
    return transact(() => requests.map((request) => refusable(() => apply(request))));
  } catch (error) {
    if (requests.length === 1 || isHeld(error) || needsRescue(error)) return requests.map(() => ({ error }));
    return requests.flatMap((request) => commitTogether(transact, [request], apply));
  }
}

/** Another process writes, and went on for longer than the database waits. */
export function isHeld(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SqliteCode.busy || code === SqliteCode.locked;
}

function refusable<A>(apply: () => A): Outcome<A> {
  try {
    return { reply: apply() };
  } catch (error) {
    if (!MailError.is(error)) throw error;
    return { error };
  }
}

/** What work by itself comes to. */
export function outcomeOf<T>(work: () => T): Outcome<T> {
  try {
    return { reply: work() };
  } catch (error) {
    return { error };
  }
}
