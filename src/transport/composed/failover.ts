import type { Transport } from '../transport.js';
import { type ComposedDependencies, namesChecked } from './composed.transport.js';
import type { MemberOption } from './member.js';
import { type MemberChoice, SwitchingTransport } from './switching.transport.js';

const IN_GIVEN_ORDER: MemberChoice = {
  among: (members) => members,
  inOrder: (members) => members,
};

/** @throws {MailError} `config` */
export function failoverTransport(
  members: readonly MemberOption[],
  dependencies?: ComposedDependencies,
): SwitchingTransport {
  return new SwitchingTransport('failover', members, IN_GIVEN_ORDER, dependencies);
}

/**
 * Sends by the first member, and by the next one while the first cannot send:
 * `transport: failover(['smtp://mail.example.test', 'sendgrid://KEY@default'])`.
 *
 * A mail goes on only if nothing can have been sent: faults of the server or of its configuration, a rate limit, or a field
 * that a member cannot express. A refusal of the mail or of a recipient stays, and so does an unknown outcome: `send()`
 * throws `ambiguous`, and a queued mail is held or tried again by the same member (`onAmbiguous`). After each of these
 * faults, and after an unknown outcome, later mails leave the member out for a second, then for up to a minute. Each member
 * but the last gets at most half of the time that is left.
 * @throws {MailError} `config` for wrong members, and for two of one name
 */
export function failover(members: readonly MemberOption[]): Transport {
  return namesChecked(failoverTransport(members));
}
