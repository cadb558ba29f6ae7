import { parsePattern } from '../deliver/approve/recipient-pattern.js';
import { didYouMean } from '../errors/closest.js';
import { isRedisUrl, REDIS_URL } from './checks.js';
import { fileFault, pathFault } from '../errors/path-fault.js';
import { type ConfigReport, show } from '../errors/config-report.js';
import { parseMailbox } from '../message/address/mailbox.js';
import { encryptionKeyFrom } from '../queue/record/encryption-key.js';
import { TLS_MODES, type TlsMode } from '../transport/smtp/smtp.options.js';

/** How one environment variable is read. */
interface Variable<T> {
  readonly expected: string;
  /** Undefined for what it does not understand. */
  parse(text: string): T | undefined;
  /** Its value is never shown, and its spaces count. */
  readonly secret?: boolean;
  /** Several values, which a configuration may hold as an array. */
  readonly list?: boolean;
  /** What to do about a text that is not understood, when that is not plain from `expected`. */
  readonly mend?: (text: string) => string | undefined;
}

type VariableTraits = Omit<Variable<never>, 'expected' | 'parse'>;

function variable<T>(
  expected: string,
  parse: (text: string) => T | undefined,
  traits: VariableTraits = {},
): Variable<T> {
  return { expected, parse, ...traits };
}

const line = (value: string): string | undefined => (/\p{Cc}/u.test(value) ? undefined : value);
const path = (expected: string, faultOf: (text: string) => string | undefined) =>
  variable(expected, (value) => (faultOf(value) ? undefined : line(value)), { mend: faultOf });
const redisUrl = (value: string): string | undefined => (isRedisUrl(value) ? value : undefined);
const host = (value: string): string | undefined => (/^[^\s/@\p{Cc}]+$/u.test(value) ? value : undefined);

const YES = new Set(['true', '1', 'yes', 'on']);
const NO = new Set(['false', '0', 'no', 'off']);
const flag = variable('true or false', (value) => {
  const word = value.toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
});

function integer(min: number, max: number): Variable<number> {
  return variable(`a whole number from ${min} to ${max}`, (value) => {
    const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? number : undefined;
  });
}

function oneOf<const T extends string>(words: readonly T[]) {
  return variable(`one of ${words.join(', ')}`, (value) =>
    words.find((word) => word === value.toLowerCase()),
  );
}

const mailbox = variable('an address such as "Shop <hello@example.com>"', (value) => {
  try {
    parseMailbox(value, 'environment');
    return value;
  } catch {
    return undefined;
  }
});

const patterns = variable<readonly string[]>(
  'addresses or *@domain patterns, separated by commas',
  (value) => {
    const list = value.split(',').map((pattern) => pattern.trim());
    return list.every((pattern) => parsePattern(pattern)) ? list : undefined;
  },
  { list: true },
);

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const apiKey = (value: string): string | undefined => (/^[\x21-\x7e]+$/.test(value) ? value : undefined);

const duration = variable('a time such as 30s, 2m or milliseconds', (value) => {
  const [, amount, unit = 'ms'] = /^(\d{1,10})(ms|s|m)?$/.exec(value) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit] ?? Number.NaN);
  return milliseconds > 0 && milliseconds <= LONGEST_TIMER_MS ? milliseconds : undefined;
});

const spoolKey = variable(
  '32 bytes in base64 or hex (openssl rand -base64 32 makes them)',
  (value) => (encryptionKeyFrom(value) ? value : undefined),
  { secret: true },
);

interface Values {
  MAIL_URL: string;
  MAIL_HOST: string;
  MAIL_PORT: number;
  MAIL_USERNAME: string;
  MAIL_PASSWORD: string;
  MAIL_API_KEY: string;
  MAIL_TLS: TlsMode;
  MAIL_FROM: string;
  MAIL_REPLY_TO: string;
  MAIL_POOL_SIZE: number;
  MAIL_MAX_MESSAGES: number;
  MAIL_TIMEOUT: number;
  MAIL_TEMPLATES_DIR: string;
  MAIL_VERIFY: 'boot' | 'warn' | 'off';
  MAIL_SUPPRESS_SEND: boolean;
  MAIL_QUEUE: 'spool' | 'bullmq' | 'off';
  MAIL_SPOOL_PATH: string;
  MAIL_SPOOL_KEY: string;
  MAIL_REDIS_URL: string;
  MAIL_ALLOW_RECIPIENTS: readonly string[];
  MAIL_REDIRECT_TO: string;
  MAIL_SERVER: string;
  MAIL_USE_TLS: boolean;
  MAIL_USE_SSL: boolean;
  MAIL_DEFAULT_SENDER: string;
  MAIL_MAX_EMAILS: number;
  MAIL_ASCII_ATTACHMENTS: boolean;
  MAIL_DEBUG: boolean;
}

export type VariableName = keyof Values;

/** The variables that were set and understood. */
export type VariableValues = Partial<Values>;

/** Every variable the module reads: the one list behind the reader, the schema and the hints. */
export const VARIABLES: { readonly [N in VariableName]: Variable<Values[N]> } = {
  MAIL_URL: variable('a URL such as smtp://user:pass@host:587', line, { secret: true }),
  MAIL_HOST: variable('a host name', host),
  MAIL_PORT: integer(1, 65_535),
  MAIL_USERNAME: variable('text on one line', line, { secret: true }),
  MAIL_PASSWORD: variable('text on one line', line, { secret: true }),
  MAIL_API_KEY: variable('a key of printable ASCII without spaces', apiKey, { secret: true }),
  MAIL_TLS: oneOf(TLS_MODES),
  MAIL_FROM: mailbox,
  MAIL_REPLY_TO: mailbox,
  MAIL_POOL_SIZE: integer(1, 1_000),
  MAIL_MAX_MESSAGES: integer(1, 1_000_000),
  MAIL_TIMEOUT: duration,
  MAIL_TEMPLATES_DIR: path('a folder', pathFault),
  MAIL_VERIFY: oneOf(['boot', 'warn', 'off']),
  MAIL_SUPPRESS_SEND: flag,
  MAIL_QUEUE: oneOf(['spool', 'bullmq', 'off']),
  MAIL_SPOOL_PATH: path('a file', fileFault),
  MAIL_SPOOL_KEY: spoolKey,
  MAIL_REDIS_URL: variable(REDIS_URL, redisUrl, { secret: true }),
  MAIL_ALLOW_RECIPIENTS: patterns,
  MAIL_REDIRECT_TO: mailbox,
  MAIL_SERVER: variable('a host name', host),
  MAIL_USE_TLS: flag,
  MAIL_USE_SSL: flag,
  MAIL_DEFAULT_SENDER: mailbox,
  MAIL_MAX_EMAILS: integer(1, 1_000_000),
  MAIL_ASCII_ATTACHMENTS: flag,
  MAIL_DEBUG: flag,
};

export type Environment = Readonly<Record<string, unknown>>;

const isName = (key: string): key is VariableName => Object.hasOwn(VARIABLES, key);

/** Reads the `MAIL_*` variables; what is wrong goes into the report, with no secret in it. */
export function readVariables(env: Environment, report: ConfigReport): VariableValues {
  const values: VariableValues = {};
  for (const [name, raw] of Object.entries(env)) {
    if (isName(name) && isSet(raw)) readOne(name, VARIABLES[name], raw, values, report);
  }
  return values;
}

/** Names of what is set and begins as the module's variables do, but is none of them. */
export function unknownVariables(env: Environment): readonly string[] {
  return Object.keys(env).filter((name) => name.startsWith(PREFIX) && !isName(name) && isSet(env[name]));
}

/** The line of a report about such a name. */
export function unknownVariable(name: string): string {
  const hint = didYouMean(name, Object.keys(VARIABLES)) || '.';
  return `${name}: not a variable of the mail module${hint} One of your own belongs into ignoreVariables.`;
}

/** What a name is, when it can be no variable of the application that looks like the module's. */
export function ownFault(name: string): string | undefined {
  if (isName(name)) return `${name}, which the mail module reads`;
  return name.startsWith(PREFIX) ? undefined : show(name);
}

const PREFIX = 'MAIL_';

function isSet(raw: unknown): boolean {
  return raw !== undefined && raw !== null && !(typeof raw === 'string' && raw.trim() === '');
}

function readOne<N extends VariableName>(
  name: N,
  variable: Variable<Values[N]>,
  raw: unknown,
  values: VariableValues,
  report: ConfigReport,
): void {
  const { expected, secret = false } = variable;
  const whole = textOf(raw, variable);
  const text = secret ? whole : whole?.trim();
  const parsed = text === undefined ? undefined : variable.parse(text);
  if (parsed !== undefined) values[name] = parsed;
  else {
    const found = secret ? 'something else (not shown)' : show(raw);
    report.add({
      where: name,
      expected,
      found,
      mend: text === undefined ? undefined : variable.mend?.(text),
    });
  }
}

/** What `load` and `validate` of a ConfigModule make of a text is read as the text. */
function textOf(raw: unknown, { list = false }: { readonly list?: boolean }): string | undefined {
  if (list && Array.isArray(raw)) return raw.map((item: unknown) => textOf(item, {}) ?? '').join(',');
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof raw) ? String(raw) : undefined;
}
