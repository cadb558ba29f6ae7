import type { MailerOptions, MailerResolver, MailModuleOptions } from '../../src/options/options.js';
import { startHttpSink } from '../http-sink-process.js';
import { drainedWork } from '../queue/drained-work.js';
import { queueingApp } from '../queue/queueing-app.js';
import { FROM } from '../receipt-mail.js';
import type { Suite } from '../rounds.js';
import type { Prepare } from '../task.js';

const TENANTS = 10_000;
const ONE = 'one mailer';
const MANY = `${TENANTS.toLocaleString('en')} tenants`;

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'A short mail.' };

const drained =
  (optionsFor: (url: string) => MailModuleOptions, mailerOf: (index: number) => string): Prepare =>
  async ({ port }) => {
    const sink = await startHttpSink();
    const url = `sendgrid://KEY@default?endpoint=${encodeURIComponent(sink.endpoint)}`;
    const app = await queueingApp(port, { concurrency: 10 }, optionsFor(url));
    const work = drainedWork(app, (service, index) => service.mailer(mailerOf(index)).queue(mail));
    const close = async (): Promise<void> => {
      await work.close?.();
      await sink.close();
    };
    return { ...work, close };
  };

/** Credentials of its own for each tenant, all at one provider. */
const tenantsAt = (url: string): MailModuleOptions => ({
  from: FROM,
  resolver: class implements MailerResolver {
    async resolve(name: string): Promise<MailerOptions | undefined> {
      return { transport: url.replace('KEY', `KEY-${name}`) };
    }
  },
});

export const queueTenants: Suite = {
  title: 'Queue: a spool that was filled before, over HTTP, by one mailer and by those of tenants in turn',
  candidates: new Map([
    [
      ONE,
      drained(
        (url) => ({ from: FROM, transport: url }),
        () => 'default',
      ),
    ],
    [MANY, drained(tenantsAt, (index) => `tenant-${index % TENANTS}`)],
  ]),
  against: new Map([[ONE, [MANY]]]),
  batch: () => 20_000,
};
