import { setTimeout as pause } from 'node:timers/promises';
import { sizeOf } from '../../record/message-bytes.js';
import type {
  AddReply,
  ExchangeReply,
  ReceivedCall,
  ReplyOf,
  RequestOf,
  SpoolAnswer,
  SpoolCall,
  SpoolOperation,
} from '../channel/protocol.js';
import type { Outcome } from './tables/group-commit.js';
import type { SpoolStore } from './spool-store.js';
import { type Rescued, rescue } from './rescue/rescue.js';
import { needsRescue } from './disk/spool-files.js';
import { asSpoolError, faultOf } from './spool-fault.js';

/** Most calls that share a transaction. */
const GROUP = 128;
/** Approximate bytes of bodies that share a transaction: the write-ahead log must hold them twice. */
const GROUP_BYTES = 8 * 1024 ** 2;

interface Task {
  readonly call: TaskCall;
  /** Undefined until it has begun. */
  steps: Steps | undefined;
}

/** Operations that are not grouped. */
type TaskOperation = Exclude<SpoolOperation, 'open' | 'add' | 'exchange' | 'takeTurns'>;
type TaskCall = Extract<ReceivedCall, { readonly operation: TaskOperation }>;

/** A call in steps, between which other calls run. */
type Steps<O extends TaskOperation = TaskOperation> = Iterator<void, ReplyOf<O>>;

type Tasks = {
  readonly [O in TaskOperation]: (store: SpoolStore, request: RequestOf<O>) => Steps<O>;
};

/** A call in a single step. */
function once<T>(reply: () => T): Iterator<void, T> {
  return { next: () => ({ done: true, value: reply() }) };
}

const TASKS: Tasks = {
  extend: (store, request) => once(() => store.claims.extend(request)),
  setAside: (store, request) => once(() => store.claims.setAside(request)),
  nextReadyAt: (store, request) => store.maintenance.nextReadyAt(request),
  stats: (store, { now }) => store.maintenance.stats(now),
  list: (store, request) => store.operations.list(request),
  retry: (store, request) => store.operations.retry(request),
  cancel: (store, request) => store.operations.cancel(request),
  prune: (store, request) => store.maintenance.prune(request),
  close: (store) => once(() => store.close()),
};

function startTask<O extends TaskOperation>(store: SpoolStore, call: SpoolCall<O>): Steps<O> {
  return TASKS[call.operation](store, call.request);
}

/** Times a call is repeated: after a folder, the new files in it may be deleted too. */
const RESCUES = 3;
/** Milliseconds before a failed rescue is repeated, and the pause while it keeps failing. */
const RESCUE_WAITS = [20, 200] as const;
const RESCUE_PAUSE = 5_000;

/**
 * Decides what the thread does next. Each turn runs one group of added mails, one group of exchanges, and one step of
 * another call. A mail therefore waits for a step and not for a whole listing, and a flood
 * of added mails does not delay deliveries. A call that finds the file damaged or gone is repeated after the rescue.
 */
export class WorkLoop {
  #store: SpoolStore;
  readonly #path: string;
  readonly #answer: (answers: readonly SpoolAnswer[]) => void;
  readonly #adds: SpoolCall<'add'>[] = [];
  readonly #exchanges: SpoolCall<'exchange'>[] = [];
  readonly #tasks: Task[] = [];
  /** How often each call has met a file that needed a rescue. */
  readonly #rescuesMet = new Map<number, number>();
  #scheduled = false;
  /** The error that showed the damage; undefined while the file is whole. */
  #damage: unknown;
  #failure: unknown;
  #rescueAfter = 0;

  constructor(store: SpoolStore, path: string, answer: (answers: readonly SpoolAnswer[]) => void) {
    this.#store = store;
    this.#path = path;
    this.#answer = answer;
  }

  accept(call: Exclude<ReceivedCall, SpoolCall<'open' | 'takeTurns'>>): void {
    if (call.operation === 'add') this.#adds.push(call);
    else if (call.operation === 'exchange') this.#exchanges.push(call);
    else this.#tasks.push({ call, steps: undefined });
    this.#schedule();
  }

  /** Waits for the other calls of this turn, so that they share a transaction. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => void this.#turn());
  }

  async #turn(): Promise<void> {
    const answers = [...this.#addGroup(), ...this.#exchangeGroup(), ...this.#step()];
    if (answers.length > 0) this.#answer(answers);
    if (this.#damage !== undefined) await this.#rescue(this.#damage);
    this.#scheduled = false;
    if (this.#isBusy) this.#schedule();
    else this.#rescuesMet.clear();
  }

  async #rescue(damage: unknown): Promise<void> {
    this.#damage = undefined;
    try {
      const { store, notice } = await this.#rescued(damage);
      this.#store = store;
      for (const task of this.#tasks) task.steps = undefined;
      this.#failure = undefined;
      if (notice) this.#answer([{ notice }]);
    } catch (error) {
      const message = `${asSpoolError(damage, this.#path).message} It could not be made anew: ${asSpoolError(error, this.#path).message}`;
      if (this.#failure === undefined) this.#answer([{ notice: { message, corrupt: [] } }]);
      this.#failure = error;
      this.#rescueAfter = performance.now() + RESCUE_PAUSE;
    }
  }

  /** Repeats the rescue after a moment: somebody may still be deleting files. */
  async #rescued(damage: unknown): Promise<Rescued> {
    for (const wait of RESCUE_WAITS) {
      try {
        return await rescue(this.#store, damage);
      } catch {
        await pause(wait);
      }
    }
    return rescue(this.#store, damage);
  }

  get #isBusy(): boolean {
    return [this.#adds, this.#exchanges, this.#tasks].some((calls) => calls.length > 0);
  }

  #addGroup(): readonly SpoolAnswer[] {
    const group = this.#adds.splice(0, groupSize(this.#adds));
    if (group.length === 0) return [];
    const outcomes = this.#store.additions.addAll(group.map(({ request }) => request));
    return this.#answers<AddReply, SpoolCall<'add'>>(this.#adds, group, outcomes);
  }

  #exchangeGroup(): readonly SpoolAnswer[] {
    const group = this.#exchanges.splice(0, exchangesInGroup(this.#exchanges));
    if (group.length === 0) return [];
    const outcomes = this.#store.exchanges.run(group.map(({ request }) => request));
    return this.#answers<ExchangeReply, SpoolCall<'exchange'>>(this.#exchanges, group, outcomes);
  }

  /** Calls that must be repeated go back to the front of their queue. */
  #answers<T, C extends { readonly id: number }>(
    waiting: C[],
    calls: readonly C[],
    outcomes: readonly Outcome<T>[],
  ): readonly SpoolAnswer[] {
    const again: C[] = [];
    const answers = calls.flatMap((call, index): SpoolAnswer[] => {
      const outcome = outcomes[index];
      if (outcome && 'reply' in outcome) return [{ id: call.id, reply: outcome.reply }];
      if (!this.#isDamage(call, outcome?.error)) return [this.#fault(call, outcome?.error)];
      again.push(call);
      return [];
    });
    waiting.unshift(...again);
    return answers;
  }

  #step(): readonly SpoolAnswer[] {
    const task = this.#tasks.shift();
    if (!task) return [];
    try {
      task.steps ??= startTask(this.#store, task.call);
      const { done, value } = task.steps.next();
      if (done) return [{ id: task.call.id, reply: value }];
      this.#tasks.push(task);
      return [];
    } catch (error) {
      if (!this.#isDamage(task.call, error)) return [this.#fault(task.call, error)];
      this.#tasks.unshift({ call: task.call, steps: undefined });
      return [];
    }
  }

  /** Returns whether the call must be repeated after a rescue of the file. */
  #isDamage({ id }: { readonly id: number }, error: unknown): boolean {
    const met = this.#rescuesMet.get(id) ?? 0;
    if (!needsRescue(error) || met === RESCUES || performance.now() < this.#rescueAfter) return false;
    this.#rescuesMet.set(id, met + 1);
    this.#damage ??= error;
    return true;
  }

  #fault({ id }: { readonly id: number }, error: unknown): SpoolAnswer {
    return { id, fault: faultOf(error, this.#path) };
  }
}

/** The first ones: each claims after its own settlements, and after those that were asked for before. */
function exchangesInGroup(exchanges: readonly SpoolCall<'exchange'>[]): number {
  let settles = 0;
  const end = exchanges.findIndex(({ request }, index) => {
    settles += request.settles.length;
    return index > 0 && settles > GROUP;
  });
  return end < 0 ? exchanges.length : end;
}

function groupSize(adds: readonly SpoolCall<'add'>[]): number {
  let bytes = 0;
  const end = adds.findIndex(({ request }, index) => {
    bytes += sizeOf(request.message);
    return index > 0 && (index >= GROUP || bytes > GROUP_BYTES);
  });
  return end < 0 ? adds.length : end;
}
