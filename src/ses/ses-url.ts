import { guess } from '../errors/closest.js';
import { type ConfigReport } from '../errors/config-report.js';
import { redactUrl } from '../errors/show.js';
import { isEndpoint } from '../transport/http/provider-url.js';

/** The account in a URL. */
export interface SesAccount {
  readonly region: string;
  /** Undefined: the SDK's credential chain. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly endpoint?: string;
  readonly configurationSet?: string;
}

const EXAMPLE = 'ses://eu-west-1 (by the credential chain), or ses://KEY:SECRET@eu-west-1';
const PARAMETERS = ['configurationSet', 'endpoint'];
const ENCODE = 'Write special characters of key and secret percent-encoded: / as %2F, + as %2B, = as %3D';

/** Reads `ses://region` and `ses://KEY:SECRET@region`. Faults go into `report`, without any text of the URL. */
export function readSesUrl(url: URL, report: ConfigReport, where: string): SesAccount | undefined {
  const faults = [...faultsOf(url)];
  const found = redactUrl(url.href);
  for (const { expected, fix } of faults) report.add({ where, expected, found, fix });
  if (faults.length > 0) return undefined;
  const endpoint = url.searchParams.get('endpoint');
  const configurationSet = url.searchParams.get('configurationSet');
  const credentials = credentialsIn(url);
  return {
    region: url.hostname,
    ...(credentials && { credentials }),
    ...(endpoint !== null && { endpoint }),
    ...(configurationSet !== null && { configurationSet }),
  };
}

interface UrlFault {
  readonly expected: string;
  readonly fix?: string | undefined;
}

function* faultsOf(url: URL): Generator<UrlFault> {
  const { hostname, pathname, hash, port, username, password, searchParams } = url;
  const isShaped =
    /^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(hostname) && /^\/?$/.test(pathname) && hash === '' && port === '';
  const hasLogin = username !== '' || password !== '';
  if (!isShaped || (hasLogin && !credentialsIn(url))) yield { expected: EXAMPLE, fix: ENCODE };
  const names = [...searchParams.keys()];
  const unknown = names.find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    yield { expected: `URL parameters among ${PARAMETERS.join(', ')}`, fix: guess(unknown, PARAMETERS) };
  }
  if (new Set(names).size < names.length) yield { expected: 'each parameter once' };
  const endpoint = searchParams.get('endpoint');
  if (endpoint !== null && !isEndpoint(endpoint)) {
    yield { expected: 'as endpoint an https:// URL, or http:// to a loopback address' };
  }
  if (!/^[\w-]{1,64}$/.test(searchParams.get('configurationSet') ?? 'none')) {
    yield { expected: 'as configurationSet letters, digits, _ and -' };
  }
}

/** Undefined without a login, and for an unreadable one. */
function credentialsIn({ username, password }: URL): SesAccount['credentials'] {
  const [accessKeyId, secretAccessKey] = [username, password].map(decoded);
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
}

function decoded(text: string): string | undefined {
  try {
    const value = decodeURIComponent(text);
    return /^[\x21-\x7e]+$/.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
