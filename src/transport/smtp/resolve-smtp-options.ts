import wellKnown from 'nodemailer/lib/well-known';
import { X509Certificate } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { type ConfigReport } from '../../errors/config-report.js';
import { readsAsUrl, redactUrl, show } from '../../errors/show.js';
import { asciiDomain } from '../../message/address/domain.js';
import { urlOf } from '../../message/values/url.js';
import {
  At,
  Kind,
  NOT_SHOWN,
  type Reader,
  apart,
  env,
  optional,
  or,
  type NameOf,
} from '../../reader/option.js';
import { Group, type Settings } from '../../reader/group.js';
import { FLAG, line, oneOf, whole } from '../../reader/kinds.js';
import { DKIM_KEYS } from './dkim.options.js';
import { OAUTH2, readOAuth2 } from './oauth2/oauth2.options.js';
import { TLS_MODES, type ResolvedSmtpOptions, type SmtpOptions, type TlsMode } from './smtp.options.js';
import { readSmtpUrl, type SmtpUrlFields } from './smtp-url.js';

/** nodemailer's names, and ours. */
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
  rateLimit: 'Write `rateLimit: { max, per }` beside `transport`',
  rateDelta: 'Write `rateLimit: { max, per }` beside `transport`',
  logger: 'Write `debug: true`',
  transactionLog: 'Write `debug: true`',
  requestTLS: "Write `tls: 'required'`",
};

const TLS_SPELLINGS: Readonly<Record<string, string>> = {
  rejectUnauthorized: "Certificates are verified. Give the server's authority as `ca`, or write mode 'off'",
  minVersion: 'Leave it out: TLS 1.2 is the least',
};

const HOST = new Kind('a host name or IP address', hostOf, {
  found: (value) =>
    typeof value === 'string' && value.includes('@') ? 'something with an @ (not shown)' : show(value),
});

/** A host name in ASCII. */
function hostOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const host = isIP(value) ? value : asciiDomain(value);
  const isName =
    /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(host);
  return isIP(host) || isName ? host : undefined;
}

/** Any scheme: the option of the URL checks it. */
const URL_TEXT = line('a URL such as smtp://user:pass@host:587', undefined, { secret: true });
const URL_OPTION = line('a smtp:// or smtps:// URL', undefined, { secret: true, text: URL_TEXT });
const CONNECT_TIME = whole({ max: 600_000, unit: 'milliseconds' });
const ADDRESS = line('an IP address', (text) => isIP(text) > 0);
const LOGIN = line('a text without control characters', undefined, { secret: true });
const AUTHORITIES = new Kind('certificates in PEM form', authoritiesOf, {
  secret: true,
  fix: () => 'Give the content of the file, not its path',
});

function authoritiesOf(value: unknown): ReadonlyArray<string | Buffer> | undefined {
  const given: readonly unknown[] = [value].flat();
  const authorities = given.filter(
    (ca): ca is string | Buffer => typeof ca === 'string' || Buffer.isBuffer(ca),
  );
  return authorities.length === given.length && authorities.every(isCertificate) ? authorities : undefined;
}

function isCertificate(pem: string | Buffer): boolean {
  try {
    return new X509Certificate(pem).serialNumber.length > 0;
  } catch {
    return false;
  }
}

const TLS_MODE = oneOf(TLS_MODES);

const TLS = new Group(
  {
    mode: optional(TLS_MODE, 'as `tls` alone'),
    ca: optional(AUTHORITIES, "trusted instead of the system's authorities"),
    servername: optional(line('a host name'), 'name that the certificate must hold'),
  },
  { moved: TLS_SPELLINGS, emptyIsUnset: true },
);

/** A mode, or an object with details. */
const TLS_OPTION: Reader<Settings<typeof TLS>> = {
  expected: TLS_MODE.expected,
  text: TLS_MODE.text,
  read(value: unknown, at: At): Settings<typeof TLS> | undefined {
    if (typeof value === 'object') return TLS.read(value, at);
    const mode = TLS_MODE.read(value, at);
    return mode && { mode, ca: undefined, servername: undefined };
  },
};

const NAME = line('a host name, or an IP address in brackets', (text) =>
  /^([a-z0-9_.-]{1,253}|\[[0-9a-z:.]+\])$/i.test(text),
);
const PROXY = line('a http:// or https:// URL', isProxy, {
  secret: true,
  found: (value) => (typeof value === 'string' ? redactUrl(value) : NOT_SHOWN),
  fix: (value) => (typeof value === 'string' ? 'SOCKS proxies are unsupported in this version' : undefined),
});

/** Text after the host shows that an unencoded password ended the login too soon. */
function isProxy(url: string): boolean {
  const { protocol = '', pathname, search, hash } = urlOf(url) ?? {};
  return /^https?:$/.test(protocol) && readsAsUrl(url) && pathname === '/' && !search && !hash;
}

const URL_ABOUT =
  '`smtp://user:password@host:587?tls=…&pool=…`, `smtps://…`, `file:./dir`, `memory:`, `log:`, `sendgrid://KEY@default`, `failover(smtp://… ses://…)` …';
const TLS_ABOUT = '`required`, `opportunistic`, `implicit` or `off`; in code also `{ mode, ca, servername }`';
const TLS_DEFAULT = '`required`; `opportunistic` to loopback; `implicit` on port 465';

/** `url` and `service` are expanded into their fields before the options are read. */
export const SMTP = new Group(
  {
    url: env('MAIL_URL', optional(URL_OPTION, URL_ABOUT)),
    service: optional(
      line("a provider's name, e.g. gmail"),
      'a well-known provider, e.g. `gmail`, in their place',
    ),
    host: env('MAIL_HOST', optional(HOST, 'host name, in place of a URL')),
    port: env('MAIL_PORT', optional(whole({ max: 65_535 }), 'its port', '587; 465 with implicit TLS')),
    username: env('MAIL_USERNAME', optional(LOGIN, 'login name', 'no login')),
    password: env('MAIL_PASSWORD', optional(LOGIN, 'its password; percent-encoded in a URL')),
    oauth2: apart('login by access token: OAuth2', 'none', OAUTH2),
    tls: env('MAIL_TLS', optional(TLS_OPTION, TLS_ABOUT, TLS_DEFAULT)),
    name: optional(NAME, 'our name in EHLO', "the machine's"),
    poolSize: env('MAIL_POOL_SIZE', or(whole({ max: 1_000 }), 5, 'connections kept at most')),
    maxMessages: env('MAIL_MAX_MESSAGES', or(whole({ max: 1_000_000 }), 100, 'mails a connection carries')),
    connectTimeout: or(
      CONNECT_TIME,
      20_000,
      'milliseconds from name lookup to greeting, and for an access token',
    ),
    dkim: or(DKIM_KEYS, [], '`{ domainName, keySelector, privateKey }`, or several: see below'),
    localAddress: optional(ADDRESS, 'address to connect from'),
    proxy: optional(PROXY, 'an HTTP proxy'),
    debug: env(
      'MAIL_DEBUG',
      or(FLAG, false, 'the SMTP conversation in the debug log, without bodies and secrets'),
    ),
  },
  { moved: SPELLINGS, emptyIsUnset: true },
);

/**
 * Resolves the options with all defaults. For wrong options it returns `undefined`, and adds all faults to `report`
 * under `where`. Never shows a secret.
 */
export function resolveSmtpOptions(
  options: SmtpOptions,
  report: ConfigReport,
  where: string | NameOf,
): ResolvedSmtpOptions | undefined {
  const before = report.problems.length;
  const at = typeof where === 'string' ? new At(where, report) : new At('', report, where);
  const fields = serverFields(options, at);
  const { url: _u, service: _s, host = '', tls, ...settings } = SMTP.settings(fields, at);
  if (!SMTP.has(fields, 'host')) {
    at.field('host').refuse(SMTP.options.host.reader.expected, 'nothing', 'Write `host`, `url` or `service`');
  }
  const oauth2 = readLogin(fields, settings.username, at);
  const port = settings.port ?? (tls?.mode === 'implicit' ? 465 : 587);
  const mode = decideMode(tls?.mode, port, host);
  const resolved = {
    ...settings,
    host,
    port,
    oauth2,
    tls: { ca: tls?.ca, servername: tls?.servername, mode },
  };
  return report.problems.length > before ? undefined : resolved;
}

/** Expands a `url` or `service` into its fields. */
function serverFields(options: SmtpOptions, at: At): object {
  const { url, service, ...others } = options;
  const said = { ...urlFields(url, at), ...serviceFields(service, at) };
  if (Object.keys(said).length === 0) return others;
  const hasUrl = SMTP.has(options, 'url');
  const own = SMTP.has(options, 'tls') ? options.tls : undefined;
  const tls = hasUrl ? mergedTls(own, said['tls']) : (own ?? said['tls']);
  for (const name of new Set(['host', 'port', ...Object.keys(said)])) {
    if (!SMTP.has(options, name) || (name === 'tls' && tls !== undefined)) continue;
    at.field(name).refuse(
      `\`${name}\` in one place`,
      `it beside \`${hasUrl ? 'url' : 'service'}\``,
      'Remove one of them',
    );
  }
  return { ...others, ...said, tls };
}

/** Merges the mode of a URL with options such as `ca`; `undefined` for two modes, which contradict each other. */
function mergedTls(own: unknown, mode: unknown): unknown {
  if (own === undefined || mode === undefined) return own ?? mode;
  const addsNoMode = typeof own === 'object' && own !== null && (!('mode' in own) || own.mode === undefined);
  return addsNoMode ? { ...own, mode } : undefined;
}

/** A refused URL or service still counts as the host, so that the fault is reported once. */
const UNREAD: SmtpUrlFields = { host: 'unread' };

function urlFields(given: unknown, at: At): SmtpUrlFields {
  if (!SMTP.has({ url: given }, 'url')) return {};
  const place = at.field('url');
  const url = SMTP.options.url.read(given, place, undefined);
  return url === undefined ? UNREAD : (readSmtpUrl(url, place.report, place.where) ?? UNREAD);
}

function serviceFields(given: unknown, at: At): SmtpUrlFields {
  if (!SMTP.has({ service: given }, 'service')) return {};
  const place = at.field('service');
  const option = SMTP.options.service;
  const name = option.read(given, place, undefined);
  const known = name === undefined ? undefined : wellKnown(name);
  if (!known || !known.host) {
    if (name !== undefined)
      place.refuse(option.reader.expected, show(name), 'Write `host` and `port` instead');
    return UNREAD;
  }
  return {
    host: known.host,
    port: Number(known.port ?? 587),
    tls: known.secure ? 'implicit' : 'required',
  };
}

/** Reads the login: a password, a token, or neither. */
function readLogin(fields: object, username: string | undefined, at: At): ResolvedSmtpOptions['oauth2'] {
  const has = (name: string): boolean => SMTP.has(fields, name);
  if (has('oauth2')) {
    if (has('password')) at.field('password').refuse('no password beside `oauth2`', 'one (not shown)');
    return readOAuth2(Reflect.get(fields, 'oauth2'), username, at.field('oauth2'));
  }
  if (has('username') !== has('password')) {
    const missing = has('username') ? 'password' : 'username';
    at.field(missing).refuse('both `username` and `password`, or neither', 'nothing');
  }
  return undefined;
}

function decideMode(asked: TlsMode | undefined, port: number, host: string): TlsMode {
  if (asked === 'off' || asked === 'implicit') return asked;
  if (port === 465) return 'implicit';
  return asked ?? (isLoopback(host) ? 'opportunistic' : 'required');
}

/** Decides by the spelling: the address of a name may change later. */
function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
