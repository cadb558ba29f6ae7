import { once } from 'node:events';
import type { AttemptOptions, Receipt, RenderedMessage, Transport } from 'nest-mailroom';
import { MailError } from '../../src/errors/mail-error.js';

/** What a member does with a mail: fail so, hang until it is told to stop, or (by default) take it. */
export type Act =
  MailError | 'hang' | 'take' | ((message: RenderedMessage, options: AttemptOptions) => Promise<Receipt>);

/** A transport that acts by a script, and keeps the options that it was given. */
export class MemberTransport implements Transport {
  readonly acts: Act[];
  readonly taken: RenderedMessage[] = [];
  readonly asked: AttemptOptions[] = [];
  /** When it was asked, in milliseconds of `performance.now()`. */
  readonly askedAt: number[] = [];
  /** What it does when the script is over. */
  standing: Act = 'take';
  unsayable: MailError | undefined;
  closed = 0;

  constructor(
    readonly name: string,
    ...acts: readonly Act[]
  ) {
    this.acts = [...acts];
  }

  check(_message: RenderedMessage): void {
    if (this.unsayable) throw this.unsayable;
  }

  async send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
    this.check(message);
    this.asked.push(options);
    this.askedAt.push(performance.now());
    const act = this.acts.shift() ?? this.standing;
    if (typeof act === 'function') return act(message, options);
    if (act === 'hang') {
      if (!options.signal.aborted) await once(options.signal, 'abort');
      throw options.signal.reason;
    }
    if (act !== 'take') throw act;
    this.taken.push(message);
    return this.receipt(message);
  }

  receipt({ messageId, envelope }: RenderedMessage): Receipt {
    return { messageId, transport: this.name, accepted: envelope.to, rejected: [], durationMs: 1 };
  }

  async verify(): Promise<void> {
    if (this.standing instanceof MailError) throw this.standing;
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

export const down = (text = 'could not be reached'): MailError =>
  new MailError('transport-unavailable', text);
export const unknown = (text = 'took the mail and gave no answer'): MailError =>
  new MailError('ambiguous', text);
export const refused = (text = '550 no'): MailError => new MailError('message-rejected', text);

/** What was thrown, which has to be a MailError. */
export async function failure(work: Promise<unknown>): Promise<MailError> {
  const error: unknown = await work.then(
    () => new Error('expected a rejection'),
    (reason: unknown) => reason,
  );
  if (!MailError.is(error)) throw error;
  return error;
}
