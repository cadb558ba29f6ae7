import type { ReplyOf, RequestOf, SpoolCall, SpoolOperation } from '../channel/protocol.js';
import type { SpoolStore } from './spool-store.js';

/** What is not grouped. */
type TaskOperation = Exclude<SpoolOperation, 'open' | 'add' | 'settle' | 'claim'>;

/** A call done step by step: others come in between. */
export type Steps<O extends TaskOperation = TaskOperation> = Iterator<void, ReplyOf<O>>;

type Tasks = {
  readonly [O in TaskOperation]: (store: SpoolStore, request: RequestOf<O>) => Steps<O>;
};

/** What is done in a single step. */
function once<T>(reply: () => T): Iterator<void, T> {
  return { next: () => ({ done: true, value: reply() }) };
}

const TASKS: Tasks = {
  extend: (store, request) => once(() => store.claims.extend(request)),
  setAside: (store, { seq, now }) => once(() => store.claims.setAside(seq, now)),
  nextReadyAt: (store, { mailer }) => once(() => store.upkeep.nextReadyAt(mailer)),
  stats: (store, { now }) => once(() => store.upkeep.stats(now)),
  list: (store, request) => store.operations.list(request),
  retry: (store, request) => store.operations.retry(request),
  cancel: (store, request) => store.operations.cancel(request),
  prune: (store, request) => store.upkeep.prune(request),
  close: (store) => once(() => store.close()),
};

export function startTask<O extends TaskOperation>(store: SpoolStore, call: SpoolCall<O>): Steps<O> {
  return TASKS[call.operation](store, call.request);
}
