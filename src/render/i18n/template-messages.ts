/** A message as a template names it. */
export interface MessageName {
  readonly key: string;
  /** Namespace of the file with the call. */
  readonly namespace: string;
}

/** A call of `t` with a literal key. */
export interface MessageCall extends MessageName {
  /** Locale of the file with the call; empty for the base variant. */
  readonly locale: string;
  /** Names of the arguments. */
  readonly args: readonly string[];
}

/** The fault of a call, and how to fix it. */
export interface WrongCall {
  readonly what: string;
  readonly fix: string;
}

/** The reader whom a message is formatted for. */
export interface Reader {
  readonly locale: string;
  readonly timeZone: string;
}

/** The messages as templates use them. */
export interface TemplateMessages {
  /**
   * The text of a message for a reader.
   * @throws {ContextFault} if there is none, or an argument is missing or of the wrong kind
   */
  text(name: MessageName, args: Readonly<Record<string, unknown>>, reader: Reader): string;
  /** Checks a call before any mail is rendered; with a translator nothing can be known then. */
  wrongCall(call: MessageCall): WrongCall | undefined;
}
