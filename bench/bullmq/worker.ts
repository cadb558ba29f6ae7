/**
 * An application that delivers from Redis, and queues as many mails as it is told to. Without a port of a sink it sends
 * nothing, and reports when it begins each mail.
 */
import { MailService } from '../../src/mail.service.js';
import type { Transport } from '../../src/transport/transport.js';
import { bullmqApp, queueAll } from './application.js';
import { clockMs } from './clock.js';

const [url = '', port = '0'] = process.argv.slice(2);
const telling: Transport = {
  name: 'telling',
  async send({ messageId, envelope }) {
    process.send?.({ messageId, begunMs: clockMs() });
    return { messageId, transport: 'telling', accepted: envelope.to, rejected: [], durationMs: 0 };
  },
  async verify() {},
  async close() {},
};
const smtp = { host: '127.0.0.1', port: Number(port), tls: 'off' } as const;

const app = await bullmqApp(url, port === '0' ? telling : smtp, true);
process.on('message', (count) => {
  void queueAll(app.get(MailService), Number(count)).then(() => process.send?.('queued'));
});
process.on('disconnect', () => process.exit(0));
process.once('SIGTERM', () => void app.close().then(() => process.exit()));
process.send?.('ready');
