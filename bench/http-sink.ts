import { createServer } from 'node:http';

const ANSWER = JSON.stringify({ id: '1', MessageID: '1', ErrorCode: 0, message: 'OK', Message: 'OK' });

/** Answers as a provider's server does that takes every mail, and keeps nothing. */
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-message-id': '1' }).end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
process.on('disconnect', () => process.exit(0));
