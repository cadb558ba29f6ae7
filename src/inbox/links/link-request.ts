import { type ClientRequest, type IncomingMessage, type RequestOptions, request as http } from 'node:http';
import { request as https } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

export interface LinkResponse {
  readonly status: number;
  readonly location?: string | undefined;
}

/** Requests a URL, over connections to addresses that were checked before. */
export class LinkRequest {
  readonly #url: URL;
  readonly #options: RequestOptions;

  /** @param addresses the checked addresses of the host; connections go to no others */
  constructor(url: URL, addresses: readonly string[], signal: AbortSignal) {
    this.#url = url;
    this.#options = {
      agent: false,
      signal,
      lookup: lookupIn(addresses),
      headers: { accept: '*/*', 'user-agent': 'nest-mailroom link check' },
    };
  }

  /** Resolves with the head of the response; its body is not read. */
  send(method: 'HEAD' | 'GET'): Promise<LinkResponse> {
    return new Promise((resolve, reject) => {
      const request = this.#open({ ...this.#options, method });
      request.once('response', (response) => {
        resolve(responseHead(response));
        request.destroy();
      });
      request.on('error', reject);
      request.end();
    });
  }

  #open(options: RequestOptions): ClientRequest {
    return this.#url.protocol === 'https:' ? https(this.#url, options) : http(this.#url, options);
  }
}

function responseHead({ statusCode = 0, headers: { location } }: IncomingMessage): LinkResponse {
  return { status: statusCode, location };
}

/** Returns the checked addresses, even if the resolver would now return others. Literal addresses are not looked up. */
function lookupIn(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, done) => {
    if (all) return done(null, known);
    const [first] = known;
    return done(null, first?.address ?? '', first?.family);
  };
}
