import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export interface TokenServer {
  readonly url: string;
  /** The forms that were posted, in order. */
  readonly requests: ReadonlyArray<Readonly<Record<string, string>>>;
  readonly headers: readonly IncomingHttpHeaders[];
  /** Resolves once so many requests came. */
  asked(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Answers a request; `count` begins at 1. An object is a JSON answer with status 200. */
export type TokenAnswers = (count: number, response: ServerResponse) => object | undefined;

/** An OAuth2 token endpoint on loopback. */
export async function startTokenServer(answer: TokenAnswers): Promise<TokenServer> {
  const requests: Array<Record<string, string>> = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    void text(request).then((body) => {
      requests.push(Object.fromEntries(new URLSearchParams(body)));
      const json = answer(requests.length, response);
      if (json) response.setHeader('content-type', 'application/json').end(JSON.stringify(json));
      server.emit('asked');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/token`,
    requests,
    headers,
    async asked(count) {
      while (requests.length < count) await once(server, 'asked');
    },
    async close() {
      server.closeAllConnections();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
}
