import { throwIfAborted } from '../../errors/abort.js';
import { MailError } from '../../errors/mail-error.js';
import { closedError } from '../closed.js';
import { BatchMember } from './batch-member.js';
import type { HttpAnswer } from './http-answer.js';
import type { HttpClient } from './http-client.js';
import type { Batch, ProviderCall } from './provider.js';

/** Milliseconds for which a mail waits for others while a request is under way. */
const LINGER_MS = 10;

export interface BatchClientOptions {
  readonly batch: Batch;
  readonly http: HttpClient;
  /** For errors: `Postmark`. */
  readonly title: string;
  /** The transport's name, for errors. */
  readonly transport: string;
  /** Makes the request of one mail. */
  readonly askAlone: (call: ProviderCall, signal: AbortSignal) => Promise<HttpAnswer>;
  /** Returns whether an answer refuses a mail, or a recipient of it. */
  readonly blamesMail: (answer: HttpAnswer) => boolean;
}

/**
 * Merges simultaneous requests into one. Invariant: a mail waits only for mails of its own turn of the event loop, and
 * for the end of a request under way, at most `LINGER_MS`. A mail that meets no other goes in its own request, as if
 * there were no batches.
 */
export class BatchClient {
  readonly #options: BatchClientOptions;
  /** Mails that are not handed over yet, in the order of their arrival. */
  readonly #gathered = new Set<BatchMember>();
  /** Size of the gathered mails. */
  #bytes = 0;
  #underWay = 0;
  #cancel = (): void => undefined;

  constructor(options: BatchClientOptions) {
    this.#options = options;
  }

  /**
   * @returns the answer to a mail, as if it had gone alone
   * @throws {MailError} if no answer came
   */
  async ask(call: ProviderCall, signal: AbortSignal): Promise<HttpAnswer> {
    const { body } = call.request;
    if (typeof body !== 'string') return this.#options.askAlone(call, signal);
    throwIfAborted(signal);
    const member = new BatchMember(call, body, signal, () => this.#leave(member));
    this.#gather(member);
    return member.answer;
  }

  /** Refuses mails that are not handed over; the others end with their requests. */
  close(): void {
    this.#cancel();
    for (const member of this.#gathered) member.fail(closedError(this.#options.transport));
    this.#gathered.clear();
  }

  #gather(member: BatchMember): void {
    const { most, mostBytes } = this.#options.batch;
    if (this.#bytes + member.bytes > mostBytes) this.#handOver();
    this.#gathered.add(member);
    this.#bytes += member.bytes;
    if (this.#gathered.size >= most) this.#handOver();
    else if (this.#gathered.size === 1) this.#schedule();
  }

  #leave(member: BatchMember): void {
    if (this.#gathered.delete(member)) this.#bytes -= member.bytes;
  }

  #schedule(): void {
    this.#cancel();
    const handOver = (): void => this.#handOver();
    if (this.#underWay === 0) {
      const turn = setImmediate(handOver);
      this.#cancel = () => clearImmediate(turn);
    } else {
      const timer = setTimeout(handOver, LINGER_MS);
      this.#cancel = () => clearTimeout(timer);
    }
  }

  #handOver(): void {
    this.#cancel();
    const members = [...this.#gathered];
    this.#gathered.clear();
    this.#bytes = 0;
    if (members.length > 0) void this.#send(members);
  }

  async #send(members: readonly BatchMember[]): Promise<void> {
    this.#underWay += 1;
    try {
      await (members.length === 1 ? this.#sendEach(members) : this.#sendTogether(members));
    } catch (error) {
      for (const member of members) member.fail(error);
    }
    this.#underWay -= 1;
    if (this.#underWay === 0 && this.#gathered.size > 0) this.#schedule();
  }

  async #sendEach(members: readonly BatchMember[]): Promise<void> {
    await Promise.all(members.map((member) => member.goAlone(this.#options.askAlone)));
  }

  async #sendTogether(members: readonly BatchMember[]): Promise<void> {
    const { batch, http, blamesMail } = this.#options;
    const abort = new AbortController();
    let wanted = members.length;
    const onLeave = (): void => {
      wanted -= 1;
      if (wanted === 0) abort.abort();
    };
    for (const member of members) member.handOver(onLeave);
    const request = batch.request(members.map(({ body }) => body));
    const answer = await http.ask(request, abort.signal, 'unknown');
    const isSuccess = answer.status >= 200 && answer.status < 300;
    if (isSuccess || batch.hasResults?.(answer)) this.#share(answer, members);
    // One mail is at fault and none was sent; the answer does not tell which.
    else if (blamesMail(answer)) await this.#sendEach(members);
    else for (const member of members) member.settle({ ...answer, isShared: true });
  }

  #share(answer: HttpAnswer, members: readonly BatchMember[]): void {
    const answers = this.#options.batch.answers(answer, members.length);
    for (const [index, member] of members.entries()) {
      const own = answers[index];
      if (own) member.settle(own);
      else member.fail(this.#unread(members.length));
    }
  }

  #unread(count: number): MailError {
    return new MailError(
      'ambiguous',
      `${this.#options.title} answered a request for ${count} mails, and its answer does not say what became of this one: it may have been sent.`,
    );
  }
}
