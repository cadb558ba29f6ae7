import type { Socket } from 'node:net';

/** A mail that arrived in full, whatever the answer. */
export interface SmtpMail {
  /** Envelope sender; '' for bounces. */
  readonly from: string;
  /** Envelope recipients that were not refused. */
  readonly to: readonly string[];
  /** Headers and body, with the dot stuffing of SMTP removed. */
  readonly source: Buffer;
}

/** Receives the events of a conversation. */
export interface SmtpListener {
  /** Answers a line; returns the reply if there is one. */
  readonly answer: (line: string) => string | undefined;
  readonly received: (mail: SmtpMail) => void;
}

/** Splits the client's stream into commands and bodies (RFC 5321), and keeps the envelope. */
export class SmtpConversation {
  readonly #stream: Socket;
  readonly #listener: SmtpListener;
  #pending = '';
  #inBody = false;
  #announced = false;
  #from = '';
  #to: readonly string[] = [];

  constructor(stream: Socket, listener: SmtpListener) {
    this.#stream = stream;
    this.#listener = listener;
    stream.on('data', (chunk) => this.#read(chunk.toString('latin1')));
  }

  #read(text: string): void {
    this.#pending += text;
    while (this.#inBody ? this.#readBody() : this.#readLine());
  }

  /** Returns whether there was a line. */
  #readLine(): boolean {
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end + 2);
    const reply = this.#listener.answer(line) ?? '';
    if (reply.startsWith('2')) this.#note(line);
    this.#inBody = reply.startsWith('354');
    this.#announced = false;
    return true;
  }

  #note(line: string): void {
    const address = /^(?:MAIL FROM|RCPT TO):\s*<([^>]*)>/i.exec(line)?.[1] ?? '';
    if (/^MAIL/i.test(line)) [this.#from, this.#to] = [address, []];
    if (/^RCPT/i.test(line)) this.#to = [...this.#to, address];
  }

  /** Returns whether the body was complete. */
  #readBody(): boolean {
    if (this.#pending === '') return false;
    if (!this.#announced) this.#listener.answer('BODY');
    this.#announced = true;
    const end = `\r\n${this.#pending}`.indexOf('\r\n.\r\n');
    if (end < 0 || this.#stream.destroyed) return false;
    const source = Buffer.from(this.#pending.slice(0, end).replaceAll(/^\.(?=.)/gm, ''), 'latin1');
    this.#pending = this.#pending.slice(end + 3);
    this.#inBody = false;
    this.#listener.received({ from: this.#from, to: this.#to, source });
    this.#listener.answer('END');
    return true;
  }
}
