import { MODULE } from './module.js';
import { didYouMean } from '../errors/closest.js';
import { type ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import { MAILBOX } from '../message/address/mailbox.kind.js';
import { At, type AnyGroup, Kind, type Reader } from '../reader/option.js';
import { FLAG, line } from '../reader/kinds.js';
import { SMTP } from '../transport/smtp/resolve-smtp-options.js';

/** Every variable of the public type `MailEnv`; a test compares them with the tables. */
export const VARIABLE_NAMES = [
  'MAIL_URL',
  'MAIL_HOST',
  'MAIL_PORT',
  'MAIL_USERNAME',
  'MAIL_PASSWORD',
  'MAIL_API_KEY',
  'MAIL_TLS',
  'MAIL_FROM',
  'MAIL_REPLY_TO',
  'MAIL_POOL_SIZE',
  'MAIL_MAX_MESSAGES',
  'MAIL_TIMEOUT',
  'MAIL_TEMPLATES_DIR',
  'MAIL_VERIFY',
  'MAIL_SUPPRESS_SEND',
  'MAIL_QUEUE',
  'MAIL_SPOOL_PATH',
  'MAIL_SPOOL_KEY',
  'MAIL_REDIS_URL',
  'MAIL_ALLOW_RECIPIENTS',
  'MAIL_REDIRECT_TO',
  'MAIL_SERVER',
  'MAIL_USE_TLS',
  'MAIL_USE_SSL',
  'MAIL_DEFAULT_SENDER',
  'MAIL_MAX_EMAILS',
  'MAIL_ASCII_ATTACHMENTS',
  'MAIL_DEBUG',
] as const;

export type VariableName = (typeof VARIABLE_NAMES)[number];

export interface Variable {
  readonly reader: Reader<unknown>;
  /** Path of its option, such as `queue`, `driver`; empty for a variable without an option. */
  readonly path: readonly string[];
  /** For the docs, in Markdown. */
  readonly about: string;
  /** The default as the docs show it; undefined for that of its option. */
  readonly shown: string | undefined;
  readonly fallback: unknown;
}

const API_KEY = line('a key of printable ASCII without spaces', (key) => /^[\x21-\x7e]+$/.test(key), {
  secret: true,
});

function single(reader: Reader<unknown>, about: string, shown: string): Variable {
  return { reader, path: [], about, shown, fallback: undefined };
}

/** Every variable that the module reads: those in tables of options, and the aliases. */
export const VARIABLES: Readonly<Record<string, Variable>> = {
  ...Object.fromEntries(variablesOf(MODULE)),
  MAIL_API_KEY: single(
    API_KEY,
    "the key of the one [provider](docs/providers.md)'s URL that has none",
    'none',
  ),
  MAIL_SERVER: single(SMTP.options.host.reader, 'as `MAIL_HOST`', 'Flask-Mail'),
  MAIL_USE_TLS: single(FLAG, '`true` is `MAIL_TLS=required`', 'Flask-Mail'),
  MAIL_USE_SSL: single(FLAG, '`true` is `MAIL_TLS=implicit`', 'Flask-Mail'),
  MAIL_DEFAULT_SENDER: single(MAILBOX, 'as `MAIL_FROM`', 'Flask-Mail'),
  MAIL_MAX_EMAILS: single(SMTP.options.maxMessages.reader, 'as `MAIL_MAX_MESSAGES`', 'Flask-Mail'),
};

function variablesOf(group: AnyGroup, path: readonly string[] = []): Array<[string, Variable]> {
  return group.names.flatMap((option): Array<[string, Variable]> => {
    const row = group.row(option);
    if (!row) return [];
    const { reader, about, shown, fallback, env } = row;
    const here = [...path, option];
    const inside = reader.group ? variablesOf(reader.group, here) : [];
    return env === undefined ? inside : [[env, { reader, path: here, about, shown, fallback }], ...inside];
  });
}

export type Environment = Readonly<Record<string, unknown>>;

/** The variables that were set and understood, as values for their options. */
export type VariableValues = Map<string, unknown>;

const isName = (key: string): boolean => Object.hasOwn(VARIABLES, key);

/** Reads the `MAIL_*` variables; faults go into the report, without secrets. */
export function readVariables(env: Environment, report: ConfigReport): VariableValues {
  const values = new Map<string, unknown>();
  for (const [name, raw] of Object.entries(env)) {
    const variable = isName(name) && isSet(raw) ? VARIABLES[name] : undefined;
    const value = variable && valueOf(variable.reader, raw, new At(name, report));
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

/** Names of set variables that begin like the module's but are unknown. */
export function unknownVariables(env: Environment): readonly string[] {
  return Object.keys(env).filter((name) => name.startsWith(PREFIX) && !isName(name) && isSet(env[name]));
}

export function unknownVariable(name: string): string {
  const hint = didYouMean(name, Object.keys(VARIABLES)) || '.';
  return `${name}: not a variable of the mail module${hint} One of your own belongs into ignoreVariables.`;
}

/** Why a name cannot be a variable of the application that begins like the module's; undefined if it can. */
export function ownFault(name: string): string | undefined {
  if (isName(name)) return `${name}, which the mail module reads`;
  return name.startsWith(PREFIX) ? undefined : show(name);
}

const PREFIX = 'MAIL_';

function isSet(raw: unknown): boolean {
  return raw !== undefined && raw !== null && !(typeof raw === 'string' && raw.trim() === '');
}

/** The value of a variable for its option. A kind without a text form of its own gets the text itself. */
function valueOf(reader: Reader<unknown>, raw: unknown, at: At): unknown {
  const kind = reader.text ?? reader;
  if (!(kind instanceof Kind)) return undefined;
  const whole = textOf(raw, kind.isList);
  const text = kind.secret ? whole : whole?.trim();
  const value = text === undefined ? undefined : kind.parse(text);
  if (value === undefined) return kind.refuse(text, at, raw);
  return reader.text ? value : text;
}

/** Reads values that `load` and `validate` of a ConfigModule made of a text as that text. */
function textOf(raw: unknown, isList = false): string | undefined {
  if (isList && Array.isArray(raw)) return raw.map((item: unknown) => textOf(item) ?? '').join(',');
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof raw) ? String(raw) : undefined;
}
