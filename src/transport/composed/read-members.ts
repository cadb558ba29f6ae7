import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import { isTransport, type Transport } from '../transport.js';
import type { MemberOption } from './member.js';
import { type PendingOption, PendingTransport } from './pending.transport.js';

export interface GivenMember {
  readonly name: string | undefined;
  readonly transport: Transport;
}

/** Names are words, because they stand in the name of the whole and in URLs. */
const NAME = /^[a-z][\w.-]{0,63}$/i;

/** @throws {MailError} `config` */
export function readMembers(kind: string, given: readonly MemberOption[]): readonly GivenMember[] {
  if (!isList(given)) {
    throw refused(
      `${kind}(): expected a list of transports, got ${Array.isArray(given) ? 'an empty one' : show(given)}.`,
    );
  }
  return given.map((option, index) => readMember(option, `${kind}(), member ${index + 1}`));
}

function readMember(option: MemberOption, where: string): GivenMember {
  if (!isNamed(option)) return { name: undefined, transport: memberTransport(option, where) };
  const { name, transport } = option;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw refused(`${where}: expected as name a word such as main, got ${show(name)}.`);
  }
  return { name, transport: memberTransport(transport, where) };
}

/** Callers without types may give anything. */
function isList(given: unknown): boolean {
  return Array.isArray(given) && given.length > 0;
}

type NamedOption = Extract<MemberOption, { readonly transport: unknown }>;

function isNamed(option: unknown): option is NamedOption {
  return typeof option === 'object' && option !== null && 'transport' in option;
}

function memberTransport(option: unknown, where: string): Transport {
  if (isTransport(option)) return option;
  if (isOption(option)) return new PendingTransport(option);
  throw refused(`${where}: expected a URL, SMTP options, a transport or its class, got ${show(option)}.`);
}

function isOption(value: unknown): value is PendingOption {
  return (
    typeof value === 'string' || typeof value === 'function' || (typeof value === 'object' && value !== null)
  );
}

function refused(message: string): MailError {
  return new MailError('config', message, { scope: 'config' });
}
