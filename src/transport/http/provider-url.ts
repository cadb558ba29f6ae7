import { guess } from '../../errors/closest.js';
import { type ConfigReport } from '../../errors/config-report.js';
import { redactUrl } from '../../errors/show.js';
import { urlOf } from '../../message/values/url.js';
import type { Account } from './provider.js';
import type { ProviderRow, UrlParameter } from './providers.js';
import type { SpareKey } from './spare-key.js';

export interface ProviderUrl {
  readonly url: string;
  readonly row: ProviderRow;
  /** The key for a URL without one. */
  readonly spareKey: SpareKey | undefined;
  readonly report: ConfigReport;
  /** The option or variable with the URL. */
  readonly where: string;
}

const ENCODE =
  'Write special characters of the key percent-encoded: @ as %40, # as %23, / as %2F, ? as %3F, : as %3A, % as %25, ( as %28, a space as %20';

/**
 * Reads `scheme://KEY@default?region=…`; the host is the word `default`. Never shows any part of it.
 * @returns undefined for a wrong URL; the faults are then in the report
 */
export function readProviderUrl(request: ProviderUrl): Account | undefined {
  const reader = new UrlReader(request);
  return reader.account();
}

class UrlReader {
  readonly #request: ProviderUrl;
  #isRefused = false;

  constructor(request: ProviderUrl) {
    this.#request = request;
  }

  account(): Account | undefined {
    const { row, url } = this.#request;
    const parsed = /[\s\p{Cc}()]/u.test(url) ? undefined : urlOf(url);
    if (!parsed || !this.#isShaped(parsed)) return this.#refuse(row.example, ENCODE);
    const parameters = this.#parameters(parsed.searchParams);
    const key = this.#key(parsed);
    const account = {
      key: key ?? '',
      endpoint: this.#endpoint(parameters),
      domain: parameters.get('domain'),
      stream: parameters.get('stream'),
      project: parameters.get('project'),
      tenant: parameters.get('tenant'),
      user: parameters.get('user'),
      tokenUrl: this.#tokenUrl(parameters.get('tokenUrl')),
      sandbox: this.#sandbox(parameters.get('sandbox')),
    };
    for (const name of row.required ?? []) {
      if (!parameters.has(name)) this.#refuse(`${row.example}, with ${name}`);
    }
    return this.#isRefused ? undefined : account;
  }

  #isShaped({ hostname, pathname, hash, port, password }: URL): boolean {
    const isKey = password === '' || this.#request.row.hasSecret === true;
    return hostname === 'default' && /^\/?$/.test(pathname) && hash === '' && port === '' && isKey;
  }

  #key({ username, password }: URL): string | undefined {
    const { row, spareKey } = this.#request;
    if (username === '') {
      if (spareKey) return this.#whole(spareKey.take());
      return this.#refuse(row.example, 'Put the key into the URL, or set MAIL_API_KEY');
    }
    const key = decoded(password === '' ? username : `${username}:${password}`);
    // The key is sent in a header, which does not allow such characters.
    return key !== undefined && /^[\x21-\x7e]+$/.test(key)
      ? this.#whole(key)
      : this.#refuse('a key of printable ASCII without spaces', ENCODE);
  }

  /** Refuses a key without its second part. */
  #whole(key: string): string | undefined {
    const { row } = this.#request;
    if (row.hasSecret !== true || /^[^:]+:./.test(key)) return key;
    return this.#refuse(
      row.example,
      'The key has two parts, with a colon between them; MAIL_API_KEY as well',
    );
  }

  #parameters(given: URLSearchParams): ReadonlyMap<UrlParameter, string> {
    const { parameters: known } = this.#request.row;
    const found = new Map<UrlParameter, string>();
    for (const [name, value] of given) {
      const parameter = known.find((candidate) => candidate === name);
      if (!parameter) this.#refuse(`URL parameters among ${known.join(', ')}`, this.#adviceFor(name));
      else if (found.has(parameter)) this.#refuse(`the parameter ${name} once`);
      else if (value === '') this.#refuse(`a value of the parameter ${name}`);
      else found.set(parameter, value);
    }
    return found;
  }

  #adviceFor(name: string): string | undefined {
    const { row } = this.#request;
    if (name === 'sandbox')
      return `${row.title} has no sandbox: capture mails (MAIL_URL=memory:, file:) instead`;
    return guess(name, row.parameters);
  }

  #endpoint(parameters: ReadonlyMap<UrlParameter, string>): string {
    const { regions } = this.#request.row;
    const region = parameters.get('region');
    const endpoint = parameters.get('endpoint');
    if (endpoint !== undefined) {
      if (region !== undefined) this.#refuse('either region or endpoint');
      if (!isEndpoint(endpoint)) {
        this.#refuse(
          'as endpoint an https:// URL, or http:// to a loopback address, without login and parameters',
        );
      }
      return endpoint.replace(/\/$/, '');
    }
    const [first = ''] = Object.values(regions);
    if (region === undefined) return first;
    const known = Object.keys(regions);
    if (!Object.hasOwn(regions, region))
      this.#refuse(`a region among ${known.join(', ')}`, guess(region, known));
    return regions[region] ?? first;
  }

  #tokenUrl(value: string | undefined): string | undefined {
    if (value !== undefined && !isEndpoint(value))
      this.#refuse('as tokenUrl an https:// URL, or http:// to a loopback address, without parameters');
    return value;
  }

  #sandbox(value: string | undefined): boolean {
    if (value !== undefined && value !== 'true' && value !== 'false')
      this.#refuse('sandbox=true or sandbox=false');
    return value === 'true';
  }

  #refuse(expected: string, fix?: string): undefined {
    this.#isRefused = true;
    const { url, report, where } = this.#request;
    report.add({ where, expected, found: redactUrl(url), fix });
    return undefined;
  }
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** True for an address that may replace a provider's: it holds no secret, and is secure unless on loopback. */
export function isEndpoint(text: string): boolean {
  const url = urlOf(text);
  if (!url) return false;
  if ([url.username, url.password, url.search, url.hash].some((part) => part !== '')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
