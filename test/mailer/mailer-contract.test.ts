import type { TestingModule } from '@nestjs/testing';
import { MAIL_TRANSPORT, type Transport } from 'nest-mailroom';
import { type TransportHarness, type TransportUnderTest, transportContract } from 'nest-mailroom/testing';
import { cleanup } from '../support/application.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { SILENCE, startScriptedServer } from '../support/scripted-server.js';
import { bootBoth, bootOnNodemailer9, smtpAt } from './application.js';

const idOf = (bytes: string): string => /^Message-ID: (\S+)/m.exec(bytes)?.[1] ?? '';

/** @param start an application whose MailerModule sends to that port */
function over(start: (port: number) => Promise<TestingModule>): TransportHarness {
  return async (): Promise<TransportUnderTest> => {
    let stalled = false;
    const relay = await startScriptedServer((line) =>
      stalled && line.startsWith('MAIL') ? SILENCE : undefined,
    );
    const app = await start(relay.port);
    return {
      transport: app.get<Transport>(MAIL_TRANSPORT),
      taken: () => Promise.resolve(relay.bodies.map(idOf)),
      bytes: () => Promise.resolve(relay.bodies.map((body) => Buffer.from(body, 'latin1'))),
      stall() {
        stalled = true;
        return { reached: relay.saw('MAIL') };
      },
      async close() {
        await relay.close();
        await cleanup();
      },
    };
  };
}

const POOL = { pool: true, maxRequeues: 0 };

const HARNESSES: Readonly<Record<string, TransportHarness>> = {
  'a connection for each mail': over((port) => bootBoth(smtpAt(port))),
  'a pool': over((port) => bootBoth(smtpAt(port, POOL))),
  'a named transporter': over((port) =>
    bootBoth({ transports: { news: { ...smtpAt(port).transport, ...POOL } } }, { transport: 'mailer:news' }),
  ),
  'a nodemailer that knows no abort signal': over((port) => bootOnNodemailer9(smtpAt(port, POOL))),
};

afterEach(expectNoOpenSockets);

for (const [name, harness] of Object.entries(HARNESSES)) {
  describe(name, () => {
    for (const { title, run } of transportContract('mailer', harness)) test(title, run);
  });
}
