import type { DomainLimitOptions } from '../deliver/limits/domain-limits.js';
import type { RateLimit } from '../deliver/limits/pace.js';
import { checkKeys, type Place, readInteger, readTime } from './checks.js';
import { show } from '../errors/config-report.js';
import { asciiDomain, domainFault } from '../message/address/domain.js';
import { isObject, knownFields } from '../message/values/fields.js';

const FIELDS = ['max', 'per'] as const satisfies ReadonlyArray<keyof RateLimit>;
const MOST_IN_A_SPAN = 100_000;
const EXPECTED = 'a rate limit such as { max: 10, per: 1000 }';

/** Of a mailer, whose account may know better. */
export function readMailerRate(value: unknown, place: Place): RateLimit | 'account' | undefined {
  if (typeof value !== 'string') return readRateLimit(value, place);
  if (value === 'account') return value;
  place.report.add({ where: place.where, expected: `${EXPECTED}, or 'account'`, found: show(value) });
  return undefined;
}

export function readRateLimit(value: unknown, { where, report }: Place): RateLimit | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    report.add({ where, expected: EXPECTED, found: show(value) });
    return undefined;
  }
  const at = (field: string): Place => ({ where: `${where}.${field}`, report });
  checkKeys(value, FIELDS, at(''), { duration: 'Use per, in milliseconds' });
  const given = knownFields(value, FIELDS);
  for (const field of FIELDS) {
    if (!given.has(field)) report.add({ ...at(field), expected: EXPECTED, found: 'nothing' });
  }
  const max = readInteger(given.get('max'), at('max'), MOST_IN_A_SPAN);
  const per = readTime(given.get('per'), at('per'));
  return max === undefined || per === undefined ? undefined : { max, per };
}

/** By domain in ASCII, as the envelope has it. */
export function readDomainLimits(value: unknown, { where, report }: Place): DomainLimitOptions {
  if (value === undefined) return {};
  if (!isObject(value)) {
    report.add({ where, expected: "rate limits by domain, or '*'", found: show(value) });
    return {};
  }
  const limits = new Map<string, RateLimit>();
  for (const [domain, given] of Object.entries(value)) {
    const place = { where: `${where}['${domain}']`, report };
    if (domain !== '*' && domainFault(domain) !== undefined) {
      report.add({ ...place, expected: "a domain, or '*'", found: show(domain) });
    }
    const limit = readRateLimit(given, place);
    if (limit) limits.set(domain === '*' ? domain : asciiDomain(domain), limit);
  }
  return Object.fromEntries(limits);
}
