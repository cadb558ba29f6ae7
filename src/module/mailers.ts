import type { Limiters } from '../deliver/limits/limiters.js';
import { MailerRateLimiter } from '../deliver/limits/mailer-rate-limiter.js';
import { MailError } from '../errors/mail-error.js';
import type { Mailer, Mailroom } from '../mail.service.js';
import type { MailerOptions, ResolvedMailer } from '../options/options.js';
import type { ResolvedMailOptions } from '../options/resolved.js';
import { composedIn } from '../transport/composed/composed.transport.js';
import { leavesOf } from '../transport/composed/leaves.js';
import { DelegatingTransport } from '../transport/delegating.transport.js';
import { HttpTransport } from '../transport/http/http.transport.js';
import type { Transport } from '../transport/transport.js';
import type { ResolveClass } from './container.js';
import { checkRates, checkTransports } from './lifecycle.js';
import { type MadeMailer, MailerResolution } from './mailer-resolution.js';

/** Makes the configured mailers. */
export async function makeMailers(
  { mailers }: ResolvedMailOptions,
  transportOf: (mailer: ResolvedMailer) => Promise<Transport>,
  limiterOf: LimiterOf,
): Promise<readonly Mailer[]> {
  const transports = await Promise.all(
    mailers.map(async (mailer) => [mailer, await transportOf(mailer)] as const),
  );
  // In their order, so that a limit has the same name in every process.
  return transports.map(([mailer, transport]) => toMailer(mailer, transport, limiterOf));
}

export async function makeTransport(
  { name, transport }: ResolvedMailer,
  resolveOwn: ResolveClass,
): Promise<Transport> {
  if (typeof transport === 'function') return new DelegatingTransport(await resolveOwn(transport));
  if (transport) return prepared(transport, resolveOwn);
  throw new MailError('config', `The mailer '${name}' has no transport.`);
}

/** Loads the code of providers, which `check` needs, and has the container make members that are classes. */
async function prepared(transport: Transport, resolveOwn: ResolveClass): Promise<Transport> {
  for (const leaf of leavesOf(transport)) if (leaf instanceof HttpTransport) await leaf.load();
  for (const pending of composedIn(transport)?.pending ?? []) {
    if (typeof pending.option === 'function') pending.make(await resolveOwn(pending.option));
  }
  return transport;
}

/** What mailers are made with while the application runs. */
interface Making extends Pick<Mailroom, 'log'> {
  /** The default mailer's transport. */
  readonly inherited: Transport;
  readonly injecting: (transport: Transport) => Transport;
  readonly limiters: Limiters;
  readonly limiterOf: LimiterOf;
  readonly resolveOwn: ResolveClass;
}

export async function makeResolution(
  { resolver: given, mailers: [{ timeout }], queue }: ResolvedMailOptions,
  making: Making,
): Promise<MailerResolution | undefined> {
  if (!given) return undefined;
  const { log } = making;
  const resolver = await making.resolveOwn(given.type);
  const make = (name: string, options: MailerOptions): Promise<MadeMailer> =>
    makeResolved(given.read(name, options), options, making);
  const isUnqueued = queue.driver === 'registered';
  return new MailerResolution({ resolver, keyOf: given.keyOf, make, timeout, log, isUnqueued });
}

/** An instance stays the application's to close. */
async function makeResolved(
  mailer: ResolvedMailer,
  options: MailerOptions,
  { inherited, injecting, limiters, limiterOf, resolveOwn, log }: Making,
): Promise<MadeMailer> {
  const own = mailer.transport ? await makeTransport(mailer, resolveOwn) : undefined;
  const isOurs = own !== undefined && own !== options.transport;
  const close = async (): Promise<void> => (isOurs ? own.close() : undefined);
  // Mailers share the limit that they inherit.
  const ownLimiterOf = options.rateLimit === undefined ? limiterOf : sharedLimiters(limiters);
  const made = toMailer(mailer, own ? injecting(own) : inherited, ownLimiterOf);
  try {
    checkRates([made]);
    if (own) for (const warning of checkTransports([own])) log.warning(warning);
  } catch (error) {
    await close();
    throw error;
  }
  return { mailer: made, close };
}

export type LimiterOf = (mailer: ResolvedMailer, transport: Transport) => MailerRateLimiter | undefined;

/** Shares a limiter between mailers that inherit a limit together with its transport. No limiter if no account is asked. */
export function sharedLimiters(limiters: Limiters): LimiterOf {
  const known = new WeakMap<Transport, readonly MailerRateLimiter[]>();
  return ({ name, rateLimit: given }, transport) => {
    if (given === undefined || (given === 'account' && transport.captures)) return undefined;
    const others = known.get(transport) ?? [];
    const shared = others.find((limiter) => limiter.given === given);
    const limiter = shared ?? new MailerRateLimiter(given, name, transport, limiters);
    if (!shared) known.set(transport, [...others, limiter]);
    return limiter;
  };
}

function toMailer(mailer: ResolvedMailer, transport: Transport, limiterOf: LimiterOf): Mailer {
  const {
    name,
    from,
    guard,
    timeout,
    rateLimit: _limit,
    transport: _made,
    verify: _verify,
    ...others
  } = mailer;
  return {
    name,
    transport,
    defaults: { mailer: name, ...(from && { from }), ...others },
    guard,
    timeout,
    limiter: limiterOf(mailer, transport),
  };
}
