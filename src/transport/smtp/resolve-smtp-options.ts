import { X509Certificate } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import wellKnown from 'nodemailer/lib/well-known';
import { type ConfigReport, readsAsUrl, redactUrl, show } from '../../errors/config-report.js';
import { OptionFields } from '../option-fields.js';
import type { OptionWhere } from '../option-fields.js';
import { readDkim } from './dkim.options.js';
import { readLogin } from './login.options.js';
import { TLS_MODES } from './smtp.options.js';
import type { ResolvedSmtpOptions, ResolvedTls, SmtpOptions, TlsMode } from './smtp.options.js';
import { readSmtpUrl } from './smtp-url.js';
import type { SmtpUrlFields } from './smtp-url.js';
import { asciiDomain } from '../../message/address/domain.js';
import { urlOf } from '../../message/values/url.js';

const OPTIONS =
  'url service host port username password oauth2 tls name poolSize maxMessages connectTimeout dkim localAddress proxy debug'.split(
    ' ',
  );

/** nodemailer's words, and ours. */
const SPELLINGS: Readonly<Record<string, string>> = {
  auth: 'Write `username` and `password`, or `oauth2`',
  user: 'Write `username`',
  pass: 'Write `password`',
  secure: "Write `tls: 'implicit'` for secure: true; leave it out for secure: false",
  requireTLS: "Leave it out: `tls: 'required'` is the default",
  ignoreTLS: "Write `tls: 'off'`",
  opportunisticTLS: "Write `tls: 'opportunistic'`",
  pool: 'Leave it out, connections are always pooled; write `poolSize` for their number',
  maxConnections: 'Write `poolSize`',
  connectionTimeout: 'Write `connectTimeout`',
  greetingTimeout: 'Write `connectTimeout`, which includes the greeting',
  socketTimeout: "Leave it out: a send's `timeout` bounds it as a whole",
  rateLimit: 'Rate limits are unsupported in this version',
  rateDelta: 'Rate limits are unsupported in this version',
  logger: 'Write `debug: true`',
  transactionLog: 'Write `debug: true`',
  requestTLS: "Write `tls: 'required'`",
};

const TLS_SPELLINGS: Readonly<Record<string, string>> = {
  rejectUnauthorized: "Certificates are verified. Give the server's authority as `ca`, or write mode 'off'",
  minVersion: 'Leave it out: TLS 1.2 is the least',
};

const HOST = 'a host name or IP address';

/**
 * The options with every default decided; `undefined` when something is wrong, all of which is then
 * in `report` under `where`. Secrets are never shown.
 */
export function resolveSmtpOptions(
  options: SmtpOptions,
  report: ConfigReport,
  where: OptionWhere,
): ResolvedSmtpOptions | undefined {
  const before = report.problems.length;
  const fields = serverFields(options, report, where);
  fields.refuseUnknown(OPTIONS, SPELLINGS);
  const host = readHost(fields);
  const { port, tls } = readPortAndTls(fields, host);
  const resolved = {
    host,
    port,
    tls,
    ...readLogin(fields),
    ...readPool(fields),
    ...readExtras(fields),
  };
  return report.problems.length > before ? undefined : resolved;
}

/** The fields, with those a `url` or `service` stands for put in. */
function serverFields(options: SmtpOptions, report: ConfigReport, where: OptionWhere): OptionFields {
  const given = new OptionFields(options, report, where);
  const said = { ...urlFields(given), ...serviceFields(given) };
  if (Object.keys(said).length === 0) return given;
  const named = given.has('url') ? 'url' : 'service';
  const tls = given.has('url') ? mergedTls(given.get('tls'), said['tls']) : (given.get('tls') ?? said['tls']);
  for (const name of new Set(['host', 'port', ...Object.keys(said)])) {
    if (!given.has(name) || (name === 'tls' && tls !== undefined)) continue;
    given.refuse(name, `\`${name}\` in one place`, `it beside \`${named}\``, 'Remove one of them');
  }
  return new OptionFields({ ...options, ...said, tls }, report, where);
}

/** A URL names the mode, options beside it may add the authority; two modes are a contradiction: `undefined`. */
function mergedTls(own: unknown, mode: unknown): unknown {
  if (own === undefined || mode === undefined) return own ?? mode;
  const addsNoMode = typeof own === 'object' && own !== null && (!('mode' in own) || own.mode === undefined);
  return addsNoMode ? { ...own, mode } : undefined;
}

/** A URL or service that was refused still counts as naming the host, so that it is reported once. */
const UNREAD: SmtpUrlFields = { host: 'unread' };

function urlFields(given: OptionFields): SmtpUrlFields {
  const url = given.text('url', { expected: 'a smtp:// or smtps:// URL', secret: true });
  if (url === undefined) return given.has('url') ? UNREAD : {};
  return readSmtpUrl(url, given.report, given.where('url')) ?? UNREAD;
}

function serviceFields(given: OptionFields): SmtpUrlFields {
  const name = given.text('service', { expected: "a provider's name, e.g. gmail" });
  if (name === undefined) return {};
  const service = wellKnown(name);
  if (!service || !service.host) {
    given.refuse('service', "a provider's name, e.g. gmail", show(name), 'Write `host` and `port` instead');
    return UNREAD;
  }
  return {
    host: service.host,
    port: Number(service.port ?? 587),
    tls: service.secure ? 'implicit' : 'required',
  };
}

/** An empty host has been reported, and the resolved options are thrown away. */
function readHost(fields: OptionFields): string {
  const host = fields.text('host', { expected: HOST });
  if (host === undefined) {
    if (!fields.has('host')) fields.refuse('host', HOST, 'nothing', 'Write `host`, `url` or `service`');
    return '';
  }
  const ascii = isIP(host) ? host : asciiDomain(host);
  const valid =
    isIP(ascii) ||
    /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(ascii);
  if (valid) return ascii;
  fields.refuse('host', HOST, host.includes('@') ? 'something with an @ (not shown)' : show(host));
  return '';
}

function readPortAndTls(fields: OptionFields, host: string): { port: number; tls: ResolvedTls } {
  const asked = fields.whole('port', { min: 1, max: 65_535 });
  const tls = readTls(fields);
  const port = asked ?? (tls?.mode === 'implicit' ? 465 : 587);
  return { port, tls: { ca: tls?.ca, servername: tls?.servername, mode: decideMode(tls?.mode, port, host) } };
}

function decideMode(asked: TlsMode | undefined, port: number, host: string): TlsMode {
  if (asked === 'off' || asked === 'implicit') return asked;
  if (port === 465) return 'implicit';
  return asked ?? (isLoopback(host) ? 'opportunistic' : 'required');
}

/** By its spelling: what a name resolves to may change after we decided. */
function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function readTls(fields: OptionFields): { [K in keyof ResolvedTls]: ResolvedTls[K] | undefined } | undefined {
  if (typeof fields.get('tls') !== 'object') {
    return { mode: fields.oneOf('tls', TLS_MODES), ca: undefined, servername: undefined };
  }
  const tls = fields.group('tls');
  tls?.refuseUnknown(['mode', 'ca', 'servername'], TLS_SPELLINGS);
  return (
    tls && {
      mode: tls.oneOf('mode', TLS_MODES),
      ca: readAuthorities(tls),
      servername: tls.text('servername', { expected: 'a host name' }),
    }
  );
}

function readAuthorities(tls: OptionFields): Array<string | Buffer> | undefined {
  if (!tls.has('ca')) return undefined;
  const given: readonly unknown[] = [tls.get('ca')].flat();
  const authorities = given.filter(
    (ca): ca is string | Buffer => typeof ca === 'string' || Buffer.isBuffer(ca),
  );
  if (authorities.length === given.length && authorities.every(isCertificate)) return authorities;
  return tls.refuse(
    'ca',
    'certificates in PEM form',
    'something else (not shown)',
    'Give the content of the file, not its path',
  );
}

function isCertificate(pem: string | Buffer): boolean {
  try {
    return new X509Certificate(pem).serialNumber.length > 0;
  } catch {
    return false;
  }
}

function readPool(
  fields: OptionFields,
): Pick<ResolvedSmtpOptions, 'poolSize' | 'maxMessages' | 'connectTimeout'> {
  return {
    poolSize: fields.whole('poolSize', { min: 1, max: 1000 }) ?? 5,
    maxMessages: fields.whole('maxMessages', { min: 1, max: 1_000_000 }) ?? 100,
    connectTimeout: fields.whole('connectTimeout', { min: 1, max: 600_000, unit: 'milliseconds' }) ?? 20_000,
  };
}

type Extras = Pick<ResolvedSmtpOptions, 'name' | 'dkim' | 'localAddress' | 'proxy' | 'debug'>;

function readExtras(fields: OptionFields): Extras {
  const name = {
    expected: 'a host name, or an IP address in brackets',
    pattern: /^([a-z0-9_.-]{1,253}|\[[0-9a-z:.]+\])$/i,
  };
  return {
    name: fields.text('name', name),
    dkim: readDkim(fields),
    localAddress: readLocalAddress(fields),
    proxy: readProxy(fields),
    debug: fields.flag('debug') ?? false,
  };
}

function readLocalAddress(fields: OptionFields): string | undefined {
  const address = fields.text('localAddress', { expected: 'an IP address' });
  return address === undefined || isIP(address)
    ? address
    : fields.refuse('localAddress', 'an IP address', show(address));
}

function readProxy(fields: OptionFields): string | undefined {
  const proxy = fields.text('proxy', { expected: 'a http:// or https:// URL', secret: true });
  if (proxy === undefined || isProxy(proxy)) return proxy;
  return fields.refuse(
    'proxy',
    'a http:// or https:// URL',
    redactUrl(proxy),
    'SOCKS proxies are unsupported in this version',
  );
}

/** Nothing stands behind its host, unless a password that was not encoded ended the login too soon. */
function isProxy(url: string): boolean {
  const { protocol = '', pathname, search, hash } = urlOf(url) ?? {};
  return /^https?:$/.test(protocol) && readsAsUrl(url) && pathname === '/' && !search && !hash;
}
