export interface ReceivedRequest {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, or the fields of a form by their names, with files as text. */
  readonly body: unknown;
}

export interface ReceivedMail {
  readonly request: ReceivedRequest;
  /** All its recipients, including Bcc. */
  readonly recipients: readonly string[];
  /** Undefined if the provider makes its own. */
  readonly messageId: string | undefined;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

/** The server's side of a request with several mails. */
export interface BatchFake {
  /** Mails of one request. */
  readonly most: number;
  /** Returns the body of each mail as its own request; undefined for a request of another kind. */
  split(request: ReceivedRequest): readonly ReceivedRequest[] | undefined;
  /** Returns whether an answer is for one mail among others; otherwise it is for all of them. */
  isOfOne(answer: FakeAnswer): boolean;
  /** Merges the answers of all mails, in their order. */
  join(answers: readonly FakeAnswer[]): FakeAnswer;
}

/** The behaviour of one provider's server: its demands on a request, and its answers. */
export interface ProviderFake {
  /** The default of its key. */
  readonly key: string;
  /** Further parameters of its URLs. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The part of a URL after the scheme, if that is not the key and the word `default`. */
  authority?(key: string): string;
  /** Gives access tokens, which are no requests to the provider itself. */
  readonly tokens?: {
    readonly path: string;
    answer(request: ReceivedRequest, key: string): FakeAnswer;
  };
  isAuthorized(request: ReceivedRequest, key: string): boolean;
  isMail(request: ReceivedRequest): boolean;
  /** Returns the faults of a request for a mail, one sentence each. */
  problemsOf(request: ReceivedRequest): readonly string[];
  read(request: ReceivedRequest): Omit<ReceivedMail, 'request'>;
  /** @param id a number that no other mail has */
  success(mail: ReceivedMail, id: number): FakeAnswer;
  /** Refuses some recipients, or the mail if the provider cannot refuse recipients. */
  refusal(mail: ReceivedMail, addresses: readonly string[], id: number): FakeAnswer;
  /** The answer to a request that sends nothing. */
  probe(request: ReceivedRequest): FakeAnswer;
  /** Answers of its error table by name; every provider has `unauthorized`, `rateLimited` and `serverError`. */
  readonly errors: Readonly<Record<string, FakeAnswer>>;
  /** Undefined if it takes only one mail in a request. */
  readonly batch?: BatchFake;
  /** Wraps the faults of a request. */
  invalid(problems: readonly string[]): FakeAnswer;
}
