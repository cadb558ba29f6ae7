import { MailError } from '../../../../errors/mail-error.js';
import { SqliteCode, sqliteCode } from '../../../sqlite/sqlite-code.js';
import { needsRescue } from '../disk/spool-files.js';

/** The outcome of one request of a group. */
export type Outcome<T> = { readonly reply: T } | { readonly error: unknown };

/** Runs its argument in one transaction. */
export type Transact = <T>(body: () => T) => T;

/**
 * Applies requests in one transaction, so that they share one fsync. A request that `apply` refuses with a `MailError`,
 * before it has written anything, does not affect the others. If the transaction fails, each request is tried by
 * itself, so that only a large one finds the disk full. Not if another process holds the database, for which each
 * would wait again, nor if the database is damaged or gone.
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

/** True if another process has held the write lock for longer than the database waits. */
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

/** Runs work by itself. */
export function outcomeOf<T>(work: () => T): Outcome<T> {
  try {
    return { reply: work() };
  } catch (error) {
    return { error };
  }
}
