/** A request as a provider's server got it. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, or a form's fields by their names; a file of it as its text. */
  readonly body: unknown;
}

/** A mail that was asked for. */
export interface ReceivedMail {
  readonly request: ReceivedRequest;
  /** All that it was to go to, those of Bcc as well. */
  readonly recipients: readonly string[];
  /** Undefined where a provider makes its own. */
  readonly messageId: string | undefined;
}

/** An answer, said in full. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as JSON. */
  readonly body?: string | object;
}

/** How a provider's server takes several mails in one request. */
export interface BatchFake {
  /** Mails of one request. */
  readonly most: number;
  /** Each mail as a request of its own, its body alone; undefined for a request of another kind. */
  split(request: ReceivedRequest): readonly ReceivedRequest[] | undefined;
  /** Whether an answer is said of one mail among others; else it is the answer to all of them. */
  isOfOne(answer: FakeAnswer): boolean;
  /** The answers of all mails as one, in their order. */
  join(answers: readonly FakeAnswer[]): FakeAnswer;
}

/** How one provider's server behaves: what it wants of a request, and how it answers. */
export interface ProviderFake {
  /** The key it knows, where it is given none. */
  readonly key: string;
  /** What its URLs need besides the key. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What stands in a URL behind the scheme, where that is not the key and the word `default`. */
  authority?(key: string): string;
  isAuthorized(request: ReceivedRequest, key: string): boolean;
  /** Whether a request wants a mail sent. */
  isMail(request: ReceivedRequest): boolean;
  /** What is wrong with a request for a mail, a sentence each. */
  problemsOf(request: ReceivedRequest): readonly string[];
  read(request: ReceivedRequest): Omit<ReceivedMail, 'request'>;
  /** @param id a number that no other mail has */
  success(mail: ReceivedMail, id: number): FakeAnswer;
  /** Some recipients are refused; where the provider knows nothing like it, the mail is. */
  refusal(mail: ReceivedMail, addresses: readonly string[], id: number): FakeAnswer;
  /** To a question that wants nothing sent. */
  probe(request: ReceivedRequest): FakeAnswer;
  /** Answers of its error table by name: `unauthorized`, `rateLimited` and `serverError` are everywhere. */
  readonly errors: Readonly<Record<string, FakeAnswer>>;
  /** Where it takes several mails in one request. */
  readonly batch?: BatchFake;
  /** Around what is wrong with a request. */
  invalid(problems: readonly string[]): FakeAnswer;
}
