/** A checked mailbox. The domain of `address` is as the caller wrote it, lower-cased; see `asciiAddress` for the wire. */
export interface Mailbox {
  readonly address: string;
  readonly name?: string;
}
