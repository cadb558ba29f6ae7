import { LogTransport } from '../../src/transport/log/log.transport.js';
import { renderedMessage } from '../support/rendered-message.js';

test('logs a line for each mail, and its text at debug level', async () => {
  const lines: string[] = [];
  const transport = new LogTransport({
    log: (line) => lines.push(`log ${line}`),
    debug: (line) => lines.push(`debug ${line}`),
  });
  const envelope = { from: '', to: ['ada@to.test', 'bob@to.test'] };
  const { signal } = new AbortController();
  await transport.send(renderedMessage({ envelope, template: 'welcome', subject: 'Hi\n"you"' }), { signal });
  const { text: _text, ...htmlOnly } = renderedMessage();
  await transport.send(htmlOnly, { signal });
  expect(lines).toEqual([
    String.raw`log Mail to ada@to.test, bob@to.test: "Hi\n\"you\"", template welcome <1@from.test>`,
    'debug Hello Ada',
    'log Mail to ada@to.test: "Welcome" <1@from.test>',
    'debug (no text part)',
  ]);
});
