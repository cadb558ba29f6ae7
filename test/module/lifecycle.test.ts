import {
  type AttemptOptions,
  MailError,
  MailModule,
  MailService,
  type Receipt,
  type RenderedMessage,
} from 'nest-mailroom';
import { boot, cleanup } from '../support/application.js';
import { KeepingTransport } from '../support/keeping-transport.js';

afterEach(cleanup);

const from = 'app@example.test';
const mail = { to: 'ada@example.test', subject: 'Hello', text: 'Hello' };

class SlowTransport extends KeepingTransport {
  finish: () => void = () => undefined;

  override send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      this.finish = () => resolve(super.send(message, options));
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }
}

class DeadTransport extends KeepingTransport {
  override verify(): Promise<void> {
    return Promise.reject(new MailError('authentication', 'The server refused the credentials.'));
  }
}

describe('shutdown', () => {
  it('waits for mail under way', async () => {
    const transport = new SlowTransport();
    const app = await boot([MailModule.forRoot({ from, transport })]);
    const sending = app.get(MailService).send(mail);
    await new Promise((resolve) => setImmediate(resolve));
    const closing = app.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(transport.closed).toBe(0);
    transport.finish();
    await closing;
    await expect(sending).resolves.toMatchObject({ accepted: ['ada@example.test'] });
    expect(transport.closed).toBe(1);
  });

  it('aborts it at the deadline', async () => {
    const transport = new SlowTransport();
    const app = await boot([MailModule.forRoot({ from, transport, shutdownTimeout: 20 })]);
    const sending = expect(app.get(MailService).send(mail)).rejects.toMatchObject({ code: 'closed' });
    await new Promise((resolve) => setImmediate(resolve));
    await app.close();
    await sending;
    expect(transport.sent).toEqual([]);
  });
});

it('waits for one deadline and not for one in each hook of the shutdown', async () => {
  const transport = new SlowTransport();
  const app = await boot([MailModule.forRoot({ from, transport, shutdownTimeout: 50 })]);
  const sending = expect(app.get(MailService).send(mail)).rejects.toMatchObject({ code: 'closed' });
  await new Promise((resolve) => setImmediate(resolve));
  const waits = jest.spyOn(globalThis, 'setTimeout');
  await app.close();
  const [first, second] = waits.mock.calls.map(([, ms]) => ms ?? 0);
  waits.mockRestore();
  await sending;
  expect(first).toBe(50);
  expect(second).toBeLessThan(25);
});

describe('verify', () => {
  it("stops the boot with 'boot', and says how to boot anyway", async () => {
    const booting = boot([MailModule.forRoot({ from, transport: new DeadTransport(), verify: 'boot' })]);
    await expect(booting).rejects.toMatchObject({
      code: 'authentication',
      scope: 'transport',
      message: expect.stringMatching(
        /^The mailer 'default' cannot send now: .*\w\. Fix this, .*MAIL_VERIFY=warn/,
      ),
      cause: { code: 'authentication' },
    });
  });

  it("treats an error of the user's own transport as unavailable", async () => {
    const transport = new KeepingTransport();
    const cause = new Error('no route');
    jest.spyOn(transport, 'verify').mockRejectedValue(cause);
    const booting = boot([MailModule.forRoot({ from, transport, verify: 'boot' })]);
    await expect(booting).rejects.toMatchObject({
      code: 'transport-unavailable',
      message: expect.stringContaining('cannot send now: no route. Fix this'),
      cause,
    });
  });

  it("lets the boot go on with 'warn' and with 'off'", async () => {
    for (const verify of ['warn', 'off'] as const) {
      const app = await boot([MailModule.forRoot({ from, transport: new DeadTransport(), verify })]);
      await expect(app.get(MailService).send(mail)).resolves.toMatchObject({ transport: 'keeping' });
    }
  });

  it('can be asked for at any time', async () => {
    const app = await boot([MailModule.forRoot({ from, transport: new DeadTransport(), verify: 'off' })]);
    await expect(app.get(MailService).verify()).rejects.toMatchObject({ code: 'authentication' });
  });

  it('has a deadline', async () => {
    const transport = new KeepingTransport();
    jest.spyOn(transport, 'verify').mockImplementation(
      (...args: unknown[]) =>
        new Promise((_, reject) => {
          const [{ signal }] = args as [{ signal: AbortSignal }];
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        }),
    );
    const booting = boot([MailModule.forRoot({ from, transport, verify: 'boot', timeout: 20 })]);
    await expect(booting).rejects.toMatchObject({ code: 'timeout' });
  });
});
