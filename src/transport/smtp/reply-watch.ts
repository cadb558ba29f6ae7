import { oneLine, readable } from '../remote-text.js';
import { OUT_OF_STEP } from './smtp-fault.js';

/** The fault of a session that cannot go on: the server sent no reply, or one to no command. */
export class SessionFault extends Error {
  override readonly name = 'SessionFault';
  readonly code = OUT_OF_STEP;
}

/** The text that a session got from a server, by replies. */
interface Heard {
  readonly code: number;
  /** The text as a fault quotes it. */
  readonly text: string;
}

/**
 * Compares a server's replies to one mail with RFC 5321: MAIL, RCPT for each recipient, DATA and the final dot have one
 * reply each, no reply comes before its command, and only a refusal (4yz, 5yz) may come at any time. nodemailer reads
 * only the first digit, and takes an early reply for the answer to its next command.
 */
export class ReplyWatch {
  readonly #recipients: number;
  readonly #isPipelined: boolean;
  readonly #isBodyOut: () => boolean;
  #rest = '';
  #code: number | undefined;
  #answered = 0;
  #accepted = 0;
  #isOver = false;
  #isSpent = false;

  /**
   * @param recipients number of RCPT commands
   * @param isPipelined whether all commands are sent at once (RFC 2920)
   * @param isBodyOut returns whether the body was read to its end
   */
  constructor(recipients: number, isPipelined: boolean, isBodyOut: () => boolean) {
    this.#recipients = recipients;
    this.#isPipelined = isPipelined;
    this.#isBodyOut = isBodyOut;
  }

  /** True if more came than the mail's last reply: the session must not carry another mail. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** @throws {SessionFault} if nodemailer must not see this */
  read(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('latin1')).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    let awaited = this.#awaited();
    for (const line of lines) {
      const heard = this.#heard(line);
      if (!heard) continue;
      if (this.#isOver) this.#isSpent = true;
      else if (awaited === 0) throw tooEarly(heard);
      else this.#check(heard);
      awaited -= 1;
    }
  }

  /** Commands that were sent and have no reply yet. */
  #awaited(): number {
    const commands = this.#recipients + 2;
    return this.#isPipelined && this.#answered < commands ? commands - this.#answered : 1;
  }

  /** True for the last line of a reply. nodemailer skips empty lines, too. */
  #heard(line: string): Heard | undefined {
    if (line.trim() === '' && this.#code === undefined) return undefined;
    const [, digits, mark] = /^([1-5]\d\d)(?:([ -])|$)/.exec(line) ?? [];
    if (digits === undefined) throw noReply(line);
    const code = Number(digits);
    if (this.#code !== undefined && this.#code !== code) throw mixed(this.#code, line);
    this.#code = mark === '-' ? code : undefined;
    return mark === '-' ? undefined : { code, text: quoted(line) };
  }

  #check(heard: Heard): void {
    const step = this.#answered;
    this.#answered += 1;
    const isRefusal = heard.code >= 400;
    if (!isRefusal && !this.#fits(heard, step)) throw misplaced(heard);
    if (step > 0 && step <= this.#recipients && !isRefusal) this.#accepted += 1;
    this.#isOver = step === this.#recipients + 2 || (isRefusal && this.#endsWith(step));
  }

  #fits({ code }: Heard, step: number): boolean {
    const data = this.#recipients + 1;
    if (step === data) return code === 354;
    // nodemailer ends a mail without accepted recipients with a dot, without a body.
    return isDone(code) && (step < data || this.#accepted === 0 || this.#isBodyOut());
  }

  /** Returns whether nodemailer gives up the mail if this command is refused. */
  #endsWith(step: number): boolean {
    if (step > this.#recipients) return true;
    if (this.#isPipelined) return false;
    return step === 0 || (step === this.#recipients && this.#accepted === 0);
  }
}

/** Codes of greeting, goodbye, login and help, which answer no command of a mail. */
const OF_OTHER_COMMANDS: ReadonlySet<number> = new Set([211, 214, 220, 221, 235]);

const isDone = (code: number): boolean => code >= 200 && code < 300 && !OF_OTHER_COMMANDS.has(code);

const quoted = (line: string): string => oneLine(readable(line));

const noReply = (line: string): SessionFault => new SessionFault(`no SMTP reply: ${quoted(line)}`);

const mixed = (code: number, line: string): SessionFault =>
  new SessionFault(`one reply with two codes, ${code} and: ${quoted(line)}`);

const tooEarly = ({ text }: Heard): SessionFault => new SessionFault(`a reply before its command: ${text}`);

const misplaced = ({ text }: Heard): SessionFault =>
  new SessionFault(`a reply that belongs elsewhere: ${text}`);
