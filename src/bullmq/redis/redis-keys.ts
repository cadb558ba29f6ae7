/**
 * Keys of this module's own. They begin with the prefix of BullMQ and lie outside of it, so that nothing that
 * tidies a queue of BullMQ takes them for a part of it.
 */
export class RedisKeys {
  readonly #root: string;

  constructor(prefix: string) {
    this.#root = `${prefix}-mails:`;
  }

  /** Another value when everything was lost. */
  get mark(): string {
    return `${this.#root}store`;
  }

  /** Set of all mailers that ever had a mail. */
  get mailers(): string {
    return `${this.#root}mailers`;
  }

  /** Set of the digests of all attachments kept apart. */
  get files(): string {
    return `${this.#root}files`;
  }

  /** Bytes of an attachment. */
  file(digest: string): string {
    return `${this.#root}file:${digest}`;
  }

  /** Sorted set of the mails that need an attachment, by when they were queued. */
  needers(digest: string): string {
    return `${this.#root}file:${digest}:mails`;
  }

  /** Hash of the last turns of a rate limit. */
  turns(limit: string): string {
    return `${this.#root}turns:${encodeURIComponent(limit)}`;
  }

  ofMailer(mailer: string, what: string): string {
    return `${this.#root}mailer:${encodeURIComponent(mailer)}:${what}`;
  }
}
