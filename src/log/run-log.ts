import type { Rejection } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';
import { type CallLog, type FailedCall, levelOf, type MailLog } from './mail-log.js';

/** Failures of one run that are logged one by one; the rest are only counted. */
const TOLD = 10;

/** Logs the calls of one run over many mails, which often fail for one common reason. */
export class RunLog implements CallLog {
  readonly #log: MailLog;
  readonly #run: string;
  #told = 0;
  #failed = 0;
  #suppressed = 0;
  #inPart = 0;

  /** @param run its name, such as `sendMany` */
  constructor(log: MailLog, run: string) {
    this.#log = log;
    this.#run = run;
  }

  sent(message: RenderedMessage, receipt: Receipt): void {
    if (receipt.rejected.length === 0 || this.#isToTell()) this.#log.sent(message, receipt);
    else this.#inPart += 1;
  }

  suppressed(message: RenderedMessage, suppressed: readonly Rejection[]): void {
    if (suppressed.length === 0 || this.#isToTell()) this.#log.suppressed(message, suppressed);
    else this.#inPart += 1;
  }

  failed(call: FailedCall): void {
    const level = levelOf(call.error);
    if (level === 'debug' || this.#isToTell()) this.#log.failed(call);
    else if (level === 'warn') this.#suppressed += 1;
    else this.#failed += 1;
  }

  /** Call when the run has ended or was abandoned. */
  end(): void {
    this.#count('error', this.#failed, 'failed');
    this.#count('warn', this.#suppressed, 'were for nobody the recipient guard allows');
    this.#count('warn', this.#inPart, 'were not for all of their recipients');
    this.#failed = this.#suppressed = this.#inPart = 0;
  }

  #count(level: 'error' | 'warn', count: number, what: string): void {
    if (count === 0) return;
    const said = `${this.#run}: ${count} more mails ${what}; the outcomes of the run tell of each.`;
    this.#log.untold(level, { event: 'mail.run', count }, said);
  }

  #isToTell(): boolean {
    this.#told += 1;
    return this.#told <= TOLD;
  }
}
