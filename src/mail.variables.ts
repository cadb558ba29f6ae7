import { parsePattern } from './deliver/guard.js';
import { closest } from './mail.closest.js';
import { type ConfigReport, show } from './mail.report.js';
import { parseMailbox } from './message/mailbox.js';
import { encryptionKeyFrom } from './queue/spool/encryption-key.js';
import { TLS_MODES, type TlsMode } from './transport/smtp/smtp.options.js';
import { urlOf } from './message/url.js';

/** How one environment variable is read. */
interface Variable<T> {
  readonly expected: string;
  /** Undefined for what it does not understand. */
  parse(text: string): T | undefined;
  /** Its value is never shown, and its spaces count. */
  readonly secret?: boolean;
}

function variable<T>(
  expected: string,
  parse: (text: string) => T | undefined,
  traits: Pick<Variable<T>, 'secret'> = {},
): Variable<T> {
  return { expected, parse, ...traits };
}

const line = (value: string): string | undefined => (/\p{Cc}/u.test(value) ? undefined : value);
const redisUrl = (value: string): string | undefined =>
  /^rediss?:\/\//i.test(value) && urlOf(value) && line(value) ? value : undefined;
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
);

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const LONGEST_TIMER_MS = 2 ** 31 - 1;
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
  MAIL_TLS: oneOf(TLS_MODES),
  MAIL_FROM: mailbox,
  MAIL_REPLY_TO: mailbox,
  MAIL_POOL_SIZE: integer(1, 1_000),
  MAIL_MAX_MESSAGES: integer(1, 1_000_000),
  MAIL_TIMEOUT: duration,
  MAIL_TEMPLATES_DIR: variable('a folder', line),
  MAIL_VERIFY: oneOf(['boot', 'warn', 'off']),
  MAIL_SUPPRESS_SEND: flag,
  MAIL_QUEUE: oneOf(['spool', 'bullmq', 'off']),
  MAIL_SPOOL_PATH: variable('a file', line),
  MAIL_SPOOL_KEY: spoolKey,
  MAIL_REDIS_URL: variable('a redis:// or rediss:// URL', redisUrl, { secret: true }),
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
  for (const [key, raw] of Object.entries(env)) {
    if (typeof raw !== 'string' || raw.trim() === '' || !key.startsWith('MAIL_')) continue;
    if (isName(key)) readOne(key, VARIABLES[key], raw, values, report);
    else report.hint(unknownVariable(key));
  }
  return values;
}

function readOne<N extends VariableName>(
  name: N,
  variable: Variable<Values[N]>,
  raw: string,
  values: VariableValues,
  report: ConfigReport,
): void {
  const { expected, secret } = variable;
  const parsed = variable.parse(secret ? raw : raw.trim());
  const found = secret ? 'something else (not shown)' : show(raw);
  if (parsed === undefined) report.add({ where: name, expected, found });
  else values[name] = parsed;
}

function unknownVariable(key: string): string {
  const near = closest(key, Object.keys(VARIABLES));
  return `${key}: not a variable of the mail module${near ? `. Did you mean ${near}?` : ''}`;
}
