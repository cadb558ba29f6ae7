import { isIPv4 } from 'node:net';
import wellKnown from 'nodemailer/lib/well-known';
import { type ConfigReport, show } from '../../errors/config-report.js';
import { At, type NameOf } from '../../reader/at.js';
import { readOAuth2 } from './oauth2/oauth2.options.js';
import type { ResolvedSmtpOptions, SmtpOptions, TlsMode } from './smtp.options.js';
import { SMTP } from './smtp.table.js';
import { readSmtpUrl } from './smtp-url.js';
import type { SmtpUrlFields } from './smtp-url.js';

/**
 * The options with every default decided; `undefined` when something is wrong, all of which is then
 * in `report` under `where`. Secrets are never shown.
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

/** The fields, with those that a `url` or `service` stands for in its place. */
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

/** A URL names the mode, options beside it may add the authority; two modes are a contradiction: `undefined`. */
function mergedTls(own: unknown, mode: unknown): unknown {
  if (own === undefined || mode === undefined) return own ?? mode;
  const addsNoMode = typeof own === 'object' && own !== null && (!('mode' in own) || own.mode === undefined);
  return addsNoMode ? { ...own, mode } : undefined;
}

/** A URL or service that was refused still counts as naming the host, so that it is reported once. */
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

/** A password, a token, or neither; the token's options if that. */
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

/** By its spelling: what a name resolves to may change after we decided. */
function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
