/** A use of `t`: where its key is looked up. */
export interface MessageName {
  readonly key: string;
  /** Of the file it is written in. */
  readonly namespace: string;
}

/** A call of `t` with a key that is written out. */
export interface MessageCall extends MessageName {
  /** The language of the file it is written in; empty for the base variant. */
  readonly locale: string;
  /** Names of its arguments. */
  readonly args: readonly string[];
}

/** What is wrong with a call, and what to do about it. */
export interface WrongCall {
  readonly what: string;
  readonly fix: string;
}

/** For whom a message is written. */
export interface Reader {
  readonly locale: string;
  readonly timeZone: string;
}

/** What templates need of messages. */
export interface TemplateMessages {
  /**
   * The text of a message for a reader.
   * @throws {ContextFault} when there is none, or an argument is missing or of another kind
   */
  text(name: MessageName, args: Readonly<Record<string, unknown>>, reader: Reader): string;
  /** What is wrong with a call, known before any mail is rendered. With a translator only mails can tell. */
  wrongCall(call: MessageCall): WrongCall | undefined;
}
