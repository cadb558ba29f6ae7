import type { Rejection } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { HttpAnswer } from './http-answer.js';
import type { HttpRequest } from './http-client.js';
import type { Fault } from './http-fault.js';

/** An account, as its URL describes it. */
export interface Account {
  readonly key: string;
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** The domain mails are sent by, with some providers. */
  readonly domain?: string | undefined;
  /** The stream mails are sent by, with some providers. */
  readonly stream?: string | undefined;
  /** Takes mails without sending them. */
  readonly sandbox: boolean;
}

/** Why a mail cannot be said to a provider. */
export interface Inexpressible {
  /** As a caller writes it. */
  readonly field: string;
  readonly reason: string;
}

/** Looks at one thing of a mail. */
export type FieldRule = (message: RenderedMessage) => Inexpressible | undefined;

/** A request with the envelope recipients it is for. */
export interface ProviderCall {
  readonly recipients: readonly string[];
  readonly request: HttpRequest;
  /** The request is joined with no other. @default it may be, where the provider has a `batch` */
  readonly isAlone?: boolean;
  /** The mail's own options of the provider: a fault in them is the mail's. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** How a provider takes several mails in one request. */
export interface Batch {
  /** Mails of one request. */
  readonly most: number;
  /** Bytes of its body. */
  readonly mostBytes: number;
  /** @param bodies those of the requests it stands for */
  request(bodies: readonly string[]): HttpRequest;
  /**
   * What a success says of each mail, in the order of the bodies, as if that mail had gone alone; undefined for each
   * of which it says nothing that can be read.
   */
  answers(answer: HttpAnswer, count: number): ReadonlyArray<HttpAnswer | undefined>;
}

/** The content of a success. */
export interface Acceptance {
  readonly providerId?: string | undefined;
  /** Recipients it will not reach all the same. */
  readonly rejected?: readonly Rejection[];
}

/** The content of a refusal. */
export interface Refusal {
  /** In the provider's own words, when its body was understood. */
  readonly said?: string | undefined;
  /** Their meaning, where the status says too little. */
  readonly fault?: Fault | undefined;
}

/** Describes the protocol of one provider. It has no state, and makes no requests itself. */
export interface Provider {
  /** Rules for what the provider cannot express: the first one that applies refuses the mail. */
  readonly rules: readonly FieldRule[];
  /** Headers of every request that identify the account. */
  headers(account: Account): Readonly<Record<string, string>>;
  /** A mail in its words. */
  calls(
    message: RenderedMessage,
    account: Account,
  ): Promise<readonly ProviderCall[]> | readonly ProviderCall[];
  /** Whether an answer takes the mail. @default any status of 2xx */
  isSuccess?(answer: HttpAnswer): boolean;
  accepted(answer: HttpAnswer, call: ProviderCall): Acceptance;
  refused(answer: HttpAnswer, call: ProviderCall | undefined): Refusal;
  /**
   * Milliseconds for which it knows a mail's own request again by its key, and sends nothing twice. A request for
   * several mails is never repeated: some of them may be wanted no longer. @default it does not
   */
  readonly repeatableForMs?: number;
  /** @default each mail goes in a request of its own */
  readonly batch?: Batch;
  /** A harmless question that shows whether the key is good. */
  readonly probe: Probe;
}

export interface Probe {
  request(account: Account): HttpRequest;
  /** Whether an answer other than success proves that the key is good, for instance a key that may only send. */
  isGood?(answer: HttpAnswer): boolean;
}
