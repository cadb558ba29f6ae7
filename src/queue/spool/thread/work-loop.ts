import { sizeOf } from '../message-bytes.js';
import type { AddReply, ReceivedCall, SpoolAnswer, SpoolCall } from '../protocol.js';
import type { Outcome } from './group-commit.js';
import type { SpoolStore } from './spool-store.js';
import { faultOf } from './spool-fault.js';
import { startTask, type Steps } from './task.js';

/** Calls that share a transaction, at most. */
const GROUP = 128;
/** Bytes of bodies that share a transaction, about: the write-ahead log must hold them twice over. */
const GROUP_BYTES = 8 * 1024 ** 2;

interface Task {
  readonly id: number;
  readonly steps: Steps;
}

/**
 * Decides what the thread does next. In every turn: one group of mails that come in; one group of
 * settlements, with what is to be claimed in their place; one step of something else. So a mail waits for a step and not for a listing, and a flood
 * of mails holds up nobody who sends them.
 */
export class WorkLoop {
  readonly #adds: SpoolCall<'add'>[] = [];
  readonly #settles: SpoolCall<'settle'>[] = [];
  readonly #claims: SpoolCall<'claim'>[] = [];
  readonly #tasks: Task[] = [];
  #scheduled = false;

  constructor(
    private readonly store: SpoolStore,
    private readonly path: string,
    private readonly answer: (answers: readonly SpoolAnswer[]) => void,
  ) {}

  accept(call: Exclude<ReceivedCall, SpoolCall<'open'>>): void {
    if (call.operation === 'add') this.#adds.push(call);
    else if (call.operation === 'settle') this.#settles.push(call);
    else if (call.operation === 'claim') this.#claims.push(call);
    else this.#tasks.push({ id: call.id, steps: startTask(this.store, call) });
    this.#schedule();
  }

  /** Not at once: the calls that have arrived together shall share a transaction. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const answers = [...this.#addGroup(), ...this.#handOver(), ...this.#step()];
    if (answers.length > 0) this.answer(answers);
    if (this.#isBusy) this.#schedule();
  }

  get #isBusy(): boolean {
    return [this.#adds, this.#settles, this.#claims, this.#tasks].some((calls) => calls.length > 0);
  }

  #addGroup(): readonly SpoolAnswer[] {
    const group = this.#adds.splice(0, groupSize(this.#adds));
    if (group.length === 0) return [];
    return this.#answers<AddReply>(group, this.store.additions.addAll(group.map(({ request }) => request)));
  }

  #handOver(): readonly SpoolAnswer[] {
    const settles = this.#settles.splice(0, GROUP);
    // A claim is not done before the settlements that were asked for before it.
    const claims = this.#settles.length > 0 ? [] : this.#claims.splice(0);
    if (settles.length + claims.length === 0) return [];
    const { settled, claimed } = this.store.handover.run(
      settles.map(({ request }) => request),
      claims.map(({ request }) => request),
    );
    return [...this.#answers(settles, settled), ...this.#answers(claims, claimed)];
  }

  #answers<T>(
    calls: readonly { readonly id: number }[],
    outcomes: readonly Outcome<T>[],
  ): readonly SpoolAnswer[] {
    return calls.map(({ id }, index) => {
      const outcome = outcomes[index];
      return outcome && 'reply' in outcome
        ? { id, reply: outcome.reply }
        : { id, fault: faultOf(outcome?.error, this.path) };
    });
  }

  #step(): readonly SpoolAnswer[] {
    const task = this.#tasks.shift();
    if (!task) return [];
    try {
      const { done, value } = task.steps.next();
      if (done) return [{ id: task.id, reply: value }];
      this.#tasks.push(task);
      return [];
    } catch (error) {
      return [{ id: task.id, fault: faultOf(error, this.path) }];
    }
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
