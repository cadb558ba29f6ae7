import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { HttpOptions, Surroundings, TransportOption } from './options.js';
import { type ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import { isComposedUrl } from '../transport/composed/composed-url.js';
import { ComposedTransport, NAME_THEM, OWN_NAMES } from '../transport/composed/composed.transport.js';
import { PendingTransport } from '../transport/composed/pending.transport.js';
import { FileTransport } from '../transport/file/file.transport.js';
import { MemoryTransport } from '../transport/memory/memory.transport.js';
import { PROVIDERS } from '../transport/http/providers.js';
import type { TransportResources } from '../transport/resources.js';
import { At, type NameOf } from '../reader/option.js';
import { resolveSmtpOptions, SMTP } from '../transport/smtp/resolve-smtp-options.js';
import type { SmtpOptions } from '../transport/smtp/smtp.options.js';
import { SmtpTransport } from '../transport/smtp/smtp.transport.js';
import { createTransport } from '../transport/transport-url.js';
import { isTransport, type Transport } from '../transport/transport.js';

/** A transport that keeps mail here instead of sending it, with its log line. */
export interface Capture {
  readonly transport: Transport;
  readonly message: string;
  readonly isWarning: boolean;
}

/** The fields that say where mail goes; the others of `SmtpOptions` say how. */
const ENDPOINT = ['url', 'host', 'service'] as const;
type Fields = SmtpOptions & HttpOptions;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !isTransport(value);
}

function namesEndpoint(fields: Fields): boolean {
  return ENDPOINT.some((key) => fields[key] !== undefined);
}

/**
 * Merges the option over the environment: an option that names a server replaces the environment's server,
 * but not its credentials and pool settings.
 */
export function mergeTransport(
  given: TransportOption | undefined,
  fromEnvironment: TransportOption | undefined,
): TransportOption | undefined {
  if (given === undefined || !isFields(fromEnvironment)) return given ?? fromEnvironment;
  const own = typeof given === 'string' && isSmtpUrl(given) ? { url: given } : given;
  if (typeof own === 'string' || !isFields(own)) return own;
  const { url, host, port, tls, ...rest } = fromEnvironment;
  const credentials = hasUserinfo(own.url) ? withoutCredentials(rest) : rest;
  const server = namesEndpoint(own) ? {} : { url, host, port, tls };
  return { ...credentials, ...defined(server), ...defined(own) };
}

function withoutCredentials({ username: _u, password: _p, ...rest }: Fields): Fields {
  return rest;
}

function isSmtpUrl(url: string): boolean {
  return /^smtps?:/i.test(url);
}

function hasUserinfo(url: unknown): boolean {
  return typeof url === 'string' && /^[a-z]+:\/\/[^/?#]*@/i.test(url);
}

/** The same fields without undefined values. */
export type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out undefined fields, which mean "not given". */
export function defined<T extends object>(fields: T): Defined<T> {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key in fields) {
    const value = fields[key];
    if (isDefined(value)) kept[key] = value;
  }
  return kept;
}

function isDefined<V>(value: V): value is Exclude<V, undefined> {
  return value !== undefined;
}

/** How a problem of the default transport names a field: by the option that gave it, else by its variable. */
export function transportPlace(given: TransportOption | undefined): NameOf {
  return (field) => {
    if (typeof given === 'string' && field === 'url') return 'transport';
    const isGiven = isFields(given) && Reflect.get(given, field) !== undefined;
    return (isGiven ? undefined : SMTP.row(field)?.env) ?? `transport.${field}`;
  };
}

/**
 * Makes the transport of an option: an instance, a class for the container, or undefined after a reported fault.
 * @param nameOf how a problem names a field of SMTP options
 */
export function resolveTransport(
  option: TransportOption,
  at: At,
  resources: TransportResources,
  nameOf: NameOf = (field) => `${at.where}.${field}`,
): Transport | Type<Transport> | undefined {
  const { where, report } = at;
  if (typeof option === 'string') return createTransport(option, resources, report, where);
  if (option instanceof ComposedTransport) return composedTransport(option, at, resources);
  if (typeof option === 'function' || isTransport(option)) return option;
  if (!isFields(option)) return at.refuse('a URL, SMTP options, a transport or its class', show(option));
  if (typeof option.url === 'string' && !isSmtpUrl(option.url)) {
    return otherTransport(option.url, option, { resources, report, nameOf });
  }
  const resolved = resolveSmtpOptions(option, report, nameOf);
  return resolved && new SmtpTransport(option, resources, resolved);
}

/** Makes the members that are given as URLs or options; a copy, because the option may serve several applications. */
function composedTransport(
  composed: ComposedTransport,
  { where, report }: At,
  resources: TransportResources,
): Transport | undefined {
  const members = composed.list.flatMap(({ given: name, transport }, index) => {
    const option = transport instanceof PendingTransport ? transport.option : transport;
    const place = new At(`${where}, member ${index + 1} of ${composed.kind}`, report);
    const made = resolveTransport(option, place, resources);
    if (!made) return [];
    return [name === undefined ? made : { name, transport: made }];
  });
  if (members.length < composed.list.length) return undefined;
  const made = composed.withMembers(members, { logger: resources.logger });
  const twice = made.pending.length > 0 ? undefined : made.repeatedName;
  if (twice === undefined) return made;
  report.add({ where, expected: OWN_NAMES, found: `${JSON.stringify(twice)} twice`, fix: NAME_THEM });
  return undefined;
}

interface Naming {
  readonly resources: TransportResources;
  readonly report: ConfigReport;
  readonly nameOf: NameOf;
}

function otherTransport(
  url: string,
  option: Fields,
  { resources, report, nameOf }: Naming,
): Transport | undefined {
  const { url: _url, ...fields } = option;
  const isProvider =
    isComposedUrl(url) || PROVIDERS.some(({ name }) => url.toLowerCase().startsWith(`${name}:`));
  if (!isProvider || !('fetch' in fields)) {
    refuseSmtpFields(fields, nameOf, report);
    return createTransport(url, resources, report, nameOf('url'));
  }
  const { fetch: own, ...others } = fields;
  refuseSmtpFields(others, nameOf, report);
  if (own !== undefined && typeof own !== 'function') {
    report.add({ where: nameOf('fetch'), expected: 'a function such as fetch', found: show(own) });
  }
  return createTransport(url, { ...resources, fetch: own }, report, nameOf('url'));
}

/** Credentials and pool sizes mean nothing to a URL of another kind, and an option without effect is an error. */
function refuseSmtpFields(fields: object, nameOf: NameOf, report: ConfigReport): void {
  for (const key of Object.keys(defined(fields))) {
    report.add({
      where: nameOf(key),
      expected: 'nothing: the URL is not that of an SMTP server',
      found: 'a value',
    });
  }
}

/**
 * The transport that captures mail if no server is configured: in memory in tests, in files in
 * development. Undefined when mail is to be sent, or should have been.
 */
export function captureTransport(
  option: TransportOption | undefined,
  { nodeEnv, workingDir }: Surroundings,
  isSuppressed: boolean,
  resources: Pick<TransportResources, 'outbox'>,
): Capture | undefined {
  if (isSuppressed) return inMemory(resources, 'sending is suppressed');
  if (option !== undefined && (!isFields(option) || namesEndpoint(option) || saysServer(option)))
    return undefined;
  if (nodeEnv === 'test') return inMemory(resources, 'no transport is configured and NODE_ENV is test');
  const isDevelopment = nodeEnv === undefined || nodeEnv === 'development';
  return isDevelopment ? inFiles(join(workingDir, '.mail'), nodeEnv) : undefined;
}

/** Whether fields are given that only make sense with a server. */
function saysServer({ port, username, password, tls }: SmtpOptions): boolean {
  return [port, username, password, tls].some((field) => field !== undefined);
}

/** Whether an option says where mail goes; reports it otherwise. */
export function checkEndpoint(
  option: TransportOption | undefined,
  { nodeEnv }: Surroundings,
  report: ConfigReport,
): option is TransportOption {
  if (option !== undefined && (!isFields(option) || namesEndpoint(option))) return true;
  const said = option !== undefined && saysServer(option);
  report.add({
    where: 'MAIL_HOST',
    expected: 'the host of a mail server',
    found: said ? 'port, credentials or TLS without one' : `nothing, and NODE_ENV is ${show(nodeEnv)}`,
    fix: 'Set MAIL_HOST or MAIL_URL, or pass transport to MailModule.forRoot()',
  });
  return false;
}

function inMemory({ outbox }: Pick<TransportResources, 'outbox'>, reason: string): Capture {
  const message = `Mail is captured in memory: ${reason}. Read it from MailOutbox.`;
  return { transport: new MemoryTransport(outbox), message, isWarning: false };
}

function inFiles(dir: string, nodeEnv: string | undefined): Capture {
  const reason =
    nodeEnv === undefined
      ? 'no transport is configured and NODE_ENV is not set'
      : 'no transport is configured';
  return {
    transport: new FileTransport({ dir }),
    message: `Mail is captured in ${dir}: ${reason}. Set MAIL_URL to send it.`,
    isWarning: nodeEnv === undefined,
  };
}
