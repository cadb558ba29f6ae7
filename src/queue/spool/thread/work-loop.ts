import { setTimeout as pause } from 'node:timers/promises';
import { sizeOf } from '../../record/message-bytes.js';
import type { AddReply, ReceivedCall, SpoolAnswer, SpoolCall } from '../channel/protocol.js';
import type { Outcome } from './tables/group-commit.js';
import type { SpoolStore } from './spool-store.js';
import { type Rescued, rescue } from './rescue/rescue.js';
import { needsRescue } from './disk/spool-files.js';
import { asSpoolError, faultOf } from './spool-fault.js';
import { startTask, type Steps } from './task.js';

/** Calls that share a transaction, at most. */
const GROUP = 128;
/** Bytes of bodies that share a transaction, about: the write-ahead log must hold them twice over. */
const GROUP_BYTES = 8 * 1024 ** 2;

interface Task {
  readonly call: TaskCall;
  /** Undefined: it is still to be begun. */
  steps: Steps | undefined;
}

type TaskCall = Exclude<ReceivedCall, SpoolCall<'open' | 'add' | 'settle' | 'claim'>>;

/** Times a call is done again: who deletes a folder goes on to what is made anew in it. */
const RESCUES = 3;
/** Milliseconds until a rescue that failed is tried again, and while it goes on failing. */
const RESCUE_WAITS = [20, 200] as const;
const RESCUE_PAUSE = 5_000;

/**
 * Decides what the thread does next. In every turn: one group of mails that come in; one group of
 * settlements, with what is to be claimed in their place; one step of something else. So a mail waits for a step and not for a listing, and a flood
 * of mails holds up nobody who sends them. What finds the file damaged or gone is done again when that is put right.
 */
export class WorkLoop {
  readonly #adds: SpoolCall<'add'>[] = [];
  readonly #settles: SpoolCall<'settle'>[] = [];
  readonly #claims: SpoolCall<'claim'>[] = [];
  readonly #tasks: Task[] = [];
  /** How often calls have met a file that had to be put right. */
  readonly #met = new Map<number, number>();
  #scheduled = false;
  /** What the file was found to be; undefined: whole. */
  #damage: unknown;
  #failure: unknown;
  #rescueAfter = 0;

  constructor(
    private store: SpoolStore,
    private readonly path: string,
    private readonly answer: (answers: readonly SpoolAnswer[]) => void,
  ) {}

  accept(call: Exclude<ReceivedCall, SpoolCall<'open'>>): void {
    if (call.operation === 'add') this.#adds.push(call);
    else if (call.operation === 'settle') this.#settles.push(call);
    else if (call.operation === 'claim') this.#claims.push(call);
    else this.#tasks.push({ call, steps: undefined });
    this.#schedule();
  }

  /** Waits for the calls of the same turn, so that they share a transaction. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => void this.#turn());
  }

  async #turn(): Promise<void> {
    const answers = [...this.#addGroup(), ...this.#handOver(), ...this.#step()];
    if (answers.length > 0) this.answer(answers);
    if (this.#damage !== undefined) await this.#rescue(this.#damage);
    this.#scheduled = false;
    if (this.#isBusy) this.#schedule();
    else this.#met.clear();
  }

  async #rescue(damage: unknown): Promise<void> {
    this.#damage = undefined;
    try {
      const { store, notice } = await this.#rescued(damage);
      this.store = store;
      for (const task of this.#tasks) task.steps = undefined;
      this.#failure = undefined;
      if (notice) this.answer([{ notice }]);
    } catch (error) {
      const message = `${asSpoolError(damage, this.path).message} It could not be made anew: ${asSpoolError(error, this.path).message}`;
      if (this.#failure === undefined) this.answer([{ notice: { message, corrupt: [] } }]);
      this.#failure = error;
      this.#rescueAfter = performance.now() + RESCUE_PAUSE;
    }
  }

  /** Tried again in a moment: somebody may be about to delete more. */
  async #rescued(damage: unknown): Promise<Rescued> {
    for (const wait of RESCUE_WAITS) {
      try {
        return await rescue(this.store, damage);
      } catch {
        await pause(wait);
      }
    }
    return rescue(this.store, damage);
  }

  get #isBusy(): boolean {
    return [this.#adds, this.#settles, this.#claims, this.#tasks].some((calls) => calls.length > 0);
  }

  #addGroup(): readonly SpoolAnswer[] {
    const group = this.#adds.splice(0, groupSize(this.#adds));
    if (group.length === 0) return [];
    const outcomes = this.store.additions.addAll(group.map(({ request }) => request));
    return this.#answers<AddReply, SpoolCall<'add'>>(this.#adds, group, outcomes);
  }

  #handOver(): readonly SpoolAnswer[] {
    const settles = this.#settles.splice(0, GROUP);
    // Settlements come first: no claim may become durable before a settlement that was asked for earlier.
    const claims = this.#settles.length > 0 ? [] : this.#claims.splice(0);
    if (settles.length + claims.length === 0) return [];
    const { settled, claimed } = this.store.handover.run(
      settles.map(({ request }) => request),
      claims.map(({ request }) => request),
    );
    return [
      ...this.#answers(this.#settles, settles, settled),
      ...this.#answers(this.#claims, claims, claimed),
    ];
  }

  /** Those that are to be done again go back to where they waited. */
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
      task.steps ??= startTask(this.store, task.call);
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

  /** Whether the call is to be done again, when the file is put right. */
  #isDamage({ id }: { readonly id: number }, error: unknown): boolean {
    const met = this.#met.get(id) ?? 0;
    if (!needsRescue(error) || met === RESCUES || performance.now() < this.#rescueAfter) return false;
    this.#met.set(id, met + 1);
    this.#damage ??= error;
    return true;
  }

  #fault({ id }: { readonly id: number }, error: unknown): SpoolAnswer {
    return { id, fault: faultOf(error, this.path) };
  }
}

function groupSize(adds: readonly SpoolCall<'add'>[]): number {
  let bytes = 0;
  const end = adds.findIndex(({ request }, index) => {
    bytes += sizeOf(request.message);
    return index > 0 && (index >= GROUP || bytes > GROUP_BYTES);
  });
  return end < 0 ? adds.length : end;
}
