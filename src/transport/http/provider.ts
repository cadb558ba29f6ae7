import type { Rejection } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { HttpAnswer } from './http-answer.js';
import type { HttpRequest } from './http-client.js';
import type { TokenGrant } from '../smtp/oauth2/token-grant.js';
import type { Fault } from './http-fault.js';

/** An account, as its URL describes it. */
export interface Account {
  /** Both parts of it with a colon between them, with some providers. */
  readonly key: string;
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** The sending domain, with some providers. */
  readonly domain?: string | undefined;
  /** The message stream, with some providers. */
  readonly stream?: string | undefined;
  /** The project that is billed, with some providers. */
  readonly project?: string | undefined;
  /** The organisation, with some providers. */
  readonly tenant?: string | undefined;
  /** The mailbox that sends, with some providers. */
  readonly user?: string | undefined;
  /** Replaces the address that gives access tokens. */
  readonly tokenUrl?: string | undefined;
  /** True for a sandbox: the provider accepts mails without sending them. */
  readonly sandbox: boolean;
}

/** The reason why a provider cannot send a mail. */
export interface Inexpressible {
  /** The field as a caller writes it. */
  readonly field: string;
  readonly reason: string;
}

/** Checks one aspect of a mail. */
export type FieldRule = (message: RenderedMessage) => Inexpressible | undefined;

/** A request with its envelope recipients. */
export interface ProviderCall {
  readonly recipients: readonly string[];
  readonly request: HttpRequest;
  /** True if the request must not be merged with others. @default false */
  readonly isAlone?: boolean;
  /** The provider's options of the mail: a fault in them is the mail's. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** The form of a request with several mails. */
export interface Batch {
  /** Mails of one request. */
  readonly most: number;
  /** Bytes of its body. */
  readonly mostBytes: number;
  /** @param bodies bodies of the merged requests */
  request(bodies: readonly string[]): HttpRequest;
  /** Returns whether a refusal of the request tells what became of each mail, as a success does. @default never */
  hasResults?(answer: HttpAnswer): boolean;
  /**
   * Returns the answer to each mail of such an answer, in the order of the bodies, as if the mail had gone alone; undefined
   * for mails without a readable answer.
   */
  answers(answer: HttpAnswer, count: number): ReadonlyArray<HttpAnswer | undefined>;
}

/** The content of a success. */
export interface Acceptance {
  readonly providerId?: string | undefined;
  /** Recipients that it refuses nevertheless. */
  readonly rejected?: readonly Rejection[];
}

export interface Refusal {
  /** The provider's message, if its body could be read. */
  readonly said?: string | undefined;
  /** Its meaning, if the status is not specific enough. */
  readonly fault?: Fault | undefined;
}

/** Describes the protocol of one provider. It has no state, and makes no requests itself. */
export interface Provider {
  /** Rules for what the provider cannot express: the first one that applies refuses the mail. */
  readonly rules: readonly FieldRule[];
  /** Headers of every request that identify the account. */
  headers(account: Account): Readonly<Record<string, string>>;
  /** Returns how to get the access token that every request then carries. @default none */
  tokenGrant?(account: Account): TokenGrant;
  /** Returns the requests for a mail. */
  calls(
    message: RenderedMessage,
    account: Account,
  ): Promise<readonly ProviderCall[]> | readonly ProviderCall[];
  /** Returns whether an answer accepts the mail. @default any status of 2xx */
  isSuccess?(answer: HttpAnswer): boolean;
  accepted(answer: HttpAnswer, call: ProviderCall): Acceptance;
  refused(answer: HttpAnswer, call: ProviderCall | undefined): Refusal;
  /**
   * Milliseconds for which the provider recognises the request of one mail by its key, and sends nothing twice. A request for
   * several mails is never repeated: some of them may be cancelled meanwhile. @default 0
   */
  readonly repeatableForMs?: number;
  /** @default each mail goes in its own request */
  readonly batch?: Batch;
  /** A harmless request that shows whether the key is valid. */
  readonly probe: Probe;
}

export interface Probe {
  request(account: Account): HttpRequest;
  /** Returns whether a refusal proves that the key is valid, for instance for a key that may only send. */
  isGood?(answer: HttpAnswer): boolean;
}
