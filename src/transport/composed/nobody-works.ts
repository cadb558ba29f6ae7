import { MailError } from '../../errors/mail-error.js';
import { hintOf } from '../retry-hint.js';
import { isOfTransport, type Member } from './member.js';

/** Why a member did not take a mail; nothing was sent. */
export interface MemberFault {
  readonly member: Member;
  readonly error: MailError;
}

/**
 * Makes the error for a mail that no member took.
 * @param isWhole true if every member was asked. Otherwise other mails may get through, and the error names the member at
 * fault, so that only this mail waits for it
 */
export function nobodyWorks(name: string, faults: readonly MemberFault[], isWhole = true): MailError {
  const waiting = faults.filter(({ error }) => error.code !== 'unsupported');
  const [first] = waiting;
  if (!first) return inexpressible(name, faults);
  const culprit = waiting.find(({ error }) => isOfTransport(error)) ?? first;
  const isPartial = !isWhole || waiting.length < faults.length;
  const { code, scope, cause, smtp, at } = culprit.error;
  // The unknown outcome of an earlier mail keeps this one out; nothing of it was sent.
  return new MailError(code === 'ambiguous' ? 'transport-unavailable' : code, said(name, faults), {
    outcome: 'not-sent',
    retryable: waiting.some(({ error }) => error.retryable),
    scope: waiting.some(isOfMember) ? 'transport' : scope,
    cause: cause ?? culprit.error,
    smtp,
    at,
    retryAfterMs: Math.min(...waiting.map(msUntilNext)) || undefined,
    ...(isPartial && { transport: culprit.error.transport ?? culprit.member.name }),
  });
}

/** Makes the error for a mail that no member can carry. */
export function inexpressible(name: string, faults: readonly MemberFault[]): MailError {
  const [first] = faults;
  return new MailError('unsupported', said(name, faults), { at: first?.error.at, cause: first?.error });
}

const isOfMember = ({ error }: MemberFault): boolean =>
  error.scope === 'transport' || error.outcome === 'unknown';

const msUntilNext = ({ member, error }: MemberFault): number =>
  Math.max(hintOf(error), member.breaker.msUntilProbe());

function said(name: string, faults: readonly MemberFault[]): string {
  const [only, ...others] = faults;
  if (only && others.length === 0) return only.error.message;
  const each = faults.map(({ member, error }) => `${member.name}: ${error.message.replace(/\.$/, '')}`);
  return `${name}: no member took the mail. ${each.join('; ')}.`;
}
