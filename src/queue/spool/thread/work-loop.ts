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
 * Decides what the thread does next. In every turn: one group of mails that come in, one group of
 * settlements, one step of something else. So a mail waits for a step and not for a listing, and a flood
 * of mails holds up nobody who sends them.
 */
export class WorkLoop {
  readonly #adds: SpoolCall<'add'>[] = [];
  readonly #settles: SpoolCall<'settle'>[] = [];
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
    const answers = [...this.#addGroup(), ...this.#settleGroup(), ...this.#step()];
    if (answers.length > 0) this.answer(answers);
    if (this.#adds.length + this.#settles.length + this.#tasks.length > 0) this.#schedule();
  }

  #addGroup(): readonly SpoolAnswer[] {
    const group = this.#adds.splice(0, groupSize(this.#adds));
    const requests = group.map(({ request }) => request);
    return this.#answers<AddReply>(group, () => this.store.additions.addAll(requests));
  }

  #settleGroup(): readonly SpoolAnswer[] {
    const group = this.#settles.splice(0, GROUP);
    const requests = group.map(({ request }) => request);
    return this.#answers<void>(group, () => this.store.settlements.settleAll(requests));
  }

  #answers<T>(
    group: readonly { readonly id: number }[],
    work: () => readonly Outcome<T>[],
  ): readonly SpoolAnswer[] {
    if (group.length === 0) return [];
    const outcomes = work();
    return group.map(({ id }, index) => {
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
