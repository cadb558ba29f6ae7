import { type ClientRequest, type IncomingMessage, type RequestOptions, request as http } from 'node:http';
import { request as https } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

export interface LinkAnswer {
  readonly status: number;
  readonly location?: string | undefined;
}

/** Requests to one address of the web, over connections to addresses that were checked before. */
export class LinkRequest {
  readonly #url: URL;
  readonly #options: RequestOptions;

  /** @param addresses what its host has; no other is connected to */
  constructor(url: URL, addresses: readonly string[], signal: AbortSignal) {
    this.#url = url;
    this.#options = {
      agent: false,
      signal,
      lookup: lookupIn(addresses),
      headers: { accept: '*/*', 'user-agent': 'nest-mailroom link check' },
    };
  }

  /** Resolves with the head of the answer; its body is not read. */
  send(method: 'HEAD' | 'GET'): Promise<LinkAnswer> {
    return new Promise((resolve, reject) => {
      const request = this.#open({ ...this.#options, method });
      request.once('response', (response) => {
        resolve(answerOf(response));
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

function answerOf({ statusCode = 0, headers: { location } }: IncomingMessage): LinkAnswer {
  return { status: statusCode, location };
}

/** Answers with what was checked, whatever the resolver would say by now. Literal addresses are not looked up. */
function lookupIn(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, done) => {
    if (all) return done(null, known);
    const [first] = known;
    return done(null, first?.address ?? '', first?.family);
  };
}
