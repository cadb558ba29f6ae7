import { createServer, type IncomingMessage } from 'node:http';
import { buffer, json } from 'node:stream/consumers';

const ANSWER = JSON.stringify({
  id: '1',
  MessageID: '1',
  ErrorCode: 0,
  message: 'OK',
  Message: 'OK',
  Status: 'success',
});

/** Answers to several mails in one request, by provider. */
const BATCHES: Readonly<Record<string, (items: string) => string>> = {
  '/email/batch': (items) => `[${items}]`,
  '/emails/batch': (items) => `{"data":[${items}]}`,
  '/v3.1/send': (items) => `{"Messages":[${items}]}`,
};

async function answerTo({ url = '' }: IncomingMessage, read: () => Promise<unknown>): Promise<string> {
  const body = await read();
  const list: unknown = typeof body === 'object' && body && 'Messages' in body ? body.Messages : body;
  return Array.isArray(list) ? (BATCHES[url]?.(list.map(() => ANSWER).join(',')) ?? '') : ANSWER;
}

/** Answers like a provider's server that accepts every mail, and keeps nothing. */
const server = createServer((request, response) => {
  const read = (): Promise<unknown> =>
    request.url && request.url in BATCHES ? json(request) : buffer(request);
  void answerTo(request, read).then((answer) =>
    response.writeHead(200, { 'content-type': 'application/json', 'x-message-id': '1' }).end(answer),
  );
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
process.on('disconnect', () => process.exit(0));
