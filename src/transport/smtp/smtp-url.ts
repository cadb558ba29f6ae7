import { guess } from '../../errors/closest.js';
import { type ConfigReport } from '../../errors/config-report.js';
import { readsAsUrl, redactUrl } from '../../errors/show.js';
import { urlOf } from '../../message/values/url.js';

/** The fields of a URL as `SmtpOptions`, with values that are not checked yet. */
export type SmtpUrlFields = Readonly<Record<string, unknown>>;

/** Parameter → option. */
const PARAMETERS: Readonly<Record<string, string>> = {
  tls: 'tls',
  pool: 'poolSize',
  poolSize: 'poolSize',
  maxMessages: 'maxMessages',
  connectTimeout: 'connectTimeout',
  name: 'name',
  localAddress: 'localAddress',
};

const SHAPE = 'smtp://user:password@host:port or smtps://user:password@host';
const ENCODE =
  'Write special characters of user and password percent-encoded: @ as %40, # as %23, / as %2F, ? as %3F, % as %25, a space as %20';

/** Reads `smtp://` (STARTTLS, default port 587) and `smtps://` (implicit TLS, default port 465). */
export function readSmtpUrl(url: string, report: ConfigReport, where: string): SmtpUrlFields | undefined {
  const refuse = (expected: string, fix?: string): undefined => {
    report.add({ where, expected, found: redactUrl(url), fix });
    return undefined;
  };
  if (/[\s\p{Cc}]/u.test(url)) return refuse('a URL without whitespace', ENCODE);
  const parsed = urlOf(url);
  if (!parsed) return refuse(SHAPE, ENCODE);
  if (parsed.protocol !== 'smtp:' && parsed.protocol !== 'smtps:') return refuse(SHAPE);
  if (!parsed.hostname) return refuse(`${SHAPE}, with a host`);
  if (!/^\/?$/.test(parsed.pathname) || parsed.hash)
    return refuse(`${SHAPE}, with nothing after the port`, ENCODE);
  if (!readsAsUrl(url)) return refuse(SHAPE, ENCODE);
  const credentials = readCredentials(parsed);
  if (!credentials) return refuse('user and password percent-encoded', ENCODE);
  const parameters = readParameters(parsed.searchParams, report, where);
  return { ...credentials, ...readServer(parsed), ...parameters, ...secured(parsed, parameters, refuse) };
}

function readServer({ hostname, port }: URL): SmtpUrlFields {
  const host = decoded(hostname) ?? hostname;
  return { host: host.replace(/^\[(.*)\]$/, '$1'), ...(port && { port: Number(port) }) };
}

function readCredentials(url: URL): SmtpUrlFields | undefined {
  const username = decoded(url.username);
  const password = decoded(url.password);
  if (username === undefined || password === undefined) return undefined;
  return { ...(username && { username }), ...(password && { password }) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readParameters(parameters: URLSearchParams, report: ConfigReport, where: string): SmtpUrlFields {
  const fields = new Map<string, unknown>();
  for (const [name, value] of parameters) {
    const option = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (option) fields.set(option, /^\d+$/.test(value) ? Number(value) : value);
    else refuseParameter(name, report, where);
  }
  return Object.fromEntries(fields);
}

/** Never shows the name of the parameter: in a URL that ended too soon it may be a piece of the password. */
function refuseParameter(name: string, report: ConfigReport, where: string): void {
  const known = Object.keys(PARAMETERS);
  report.add({
    where,
    expected: `URL parameters among ${known.join(', ')}`,
    found: 'another (not shown)',
    fix: guess(name, known) ?? ENCODE,
  });
}

/** `smtps:` means implicit TLS. Another mode contradicts it and is refused. */
function secured(
  { protocol }: URL,
  { tls }: SmtpUrlFields,
  refuse: (expected: string, fix?: string) => undefined,
): SmtpUrlFields {
  if (protocol !== 'smtps:') return {};
  if (tls !== undefined && tls !== 'implicit')
    refuse('smtps:// without another `tls` mode', 'Write smtp:// for that mode');
  return { tls: 'implicit' };
}
