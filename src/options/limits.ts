import type { DomainLimitOptions } from '../deliver/limits/domain-limits.js';
import type { RateLimit } from '../deliver/limits/rate-limiter.js';
import { show } from '../errors/show.js';
import { asciiDomain, domainFault } from '../message/address/domain.js';
import { isObject } from '../message/values/fields.js';
import { type At, or, type Reader, required } from '../reader/option.js';
import { complete, Group, made } from '../reader/group.js';
import { oneOf, TIMER, whole } from '../reader/kinds.js';

const LIMIT = new Group(
  {
    max: required(whole({ max: 100_000 }), 'mails'),
    per: required(TIMER, 'in so many milliseconds'),
    count: or(oneOf(['mails', 'recipients']), 'mails', 'what takes a turn'),
    whenUnavailable: or(oneOf(['share', 'open', 'closed']), 'share', 'while its store cannot be asked'),
  },
  {
    moved: { duration: 'Use per, in milliseconds' },
    expected: 'a rate limit such as { max: 10, per: 1000 }',
  },
);

export const RATE_LIMIT: Reader<RateLimit> = made(LIMIT, complete);

/** The rate limit of a mailer, or that of its transport's account. */
export const MAILER_RATE: Reader<RateLimit | 'account'> = {
  expected: `${RATE_LIMIT.expected}, or 'account'`,
  group: LIMIT,
  read(value: unknown, at: At): RateLimit | 'account' | undefined {
    if (typeof value !== 'string') return RATE_LIMIT.read(value, at);
    return value === 'account' ? value : at.refuse(this.expected, show(value));
  },
};

/** Keys are domains in ASCII, as in the envelope. */
export const DOMAIN_LIMITS: Reader<DomainLimitOptions> = {
  expected: "rate limits by domain, or '*'",
  read(value: unknown, at: At): DomainLimitOptions | undefined {
    if (!isObject(value)) return at.refuse(this.expected, show(value));
    const limits = Object.entries(value).map(([domain, given]) => {
      const place = at.item(domain);
      if (domain !== '*' && domainFault(domain) !== undefined) place.refuse("a domain, or '*'", show(domain));
      return [domain === '*' ? domain : asciiDomain(domain), RATE_LIMIT.read(given, place)] as const;
    });
    return Object.fromEntries(limits.flatMap(([domain, limit]) => (limit ? [[domain, limit]] : [])));
  },
};
