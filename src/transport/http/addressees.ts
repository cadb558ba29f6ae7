import { asciiAddress } from '../../message/address/address.js';
import type { Mailbox, RenderedMessage } from '../../message/message.js';

/** Recipients by header, for providers without an envelope; each recipient occurs once. */
export interface Addressees {
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  /** In no header. */
  readonly bcc: readonly Mailbox[];
}

/**
 * Returns To and Cc as far as they are in the envelope, and its other recipients as Bcc. So nobody is mailed again, or
 * in spite of the guard. If To is empty, the recipients of Cc move there.
 */
export function addressees({ to, cc, envelope }: RenderedMessage): Addressees {
  const left = new Set(envelope.to);
  const take = (mailboxes: readonly Mailbox[]): readonly Mailbox[] =>
    mailboxes.map(onWire).filter(({ address }) => left.delete(address));
  const first = take(to);
  const second = take(cc);
  const bcc = [...left].map((address) => ({ address }));
  return first.length > 0 ? { to: first, cc: second, bcc } : { to: second, cc: [], bcc };
}

/** For providers that require a To: each recipient of Bcc gets a separate mail, and sees nobody else. */
export function addresseesWithTo(message: RenderedMessage): readonly Addressees[] {
  const all = addressees(message);
  return all.to.length > 0 ? [all] : all.bcc.map((hidden) => ({ to: [hidden], cc: [], bcc: [] }));
}

/** Everyone whom a mail to them reaches, in the order of the request. */
export function addressesOf({ to, cc, bcc }: Addressees): readonly string[] {
  return [...to, ...cc, ...bcc].map(({ address }) => address);
}

function onWire(mailbox: Mailbox): Mailbox {
  return { ...mailbox, address: asciiAddress(mailbox.address) };
}
