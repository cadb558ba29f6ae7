import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import PostalMime from 'postal-mime';
import request from 'supertest';

import { afterCleanup, cleanup, folder } from '../support/application.js';
import { buildExample, ExampleProcess, type Exit, freePort, until } from '../support/example-process.js';
import { RedisServer } from '../support/redis-server.js';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.js';
import { startSmtpServer, type TestServerOptions } from '../support/smtp-server.js';

const ADA = { email: 'ada@example.test', name: 'Åda 中 😀' };
const BUILD_MS = 240_000;

beforeAll(buildExample, BUILD_MS);
afterEach(cleanup);

function start(
  cwd: string,
  env: Readonly<Record<string, string>>,
  entry?: 'main' | 'worker',
): ExampleProcess {
  const example = new ExampleProcess(cwd, env, entry);
  afterCleanup(() => example.kill());
  return example;
}

const signup = (port: number) => request(`http://127.0.0.1:${port}`).post('/signup');

/** The finished mails in the folder. */
async function captured(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((): string[] => []);
  return names.filter((name) => name.endsWith('.eml'));
}

/** Keeps a mail under way: RCPT TO is answered when what `held` resolves with is called. */
function holdRecipient(): Required<Pick<TestServerOptions, 'onRcptTo'>> & { held: Promise<() => void> } {
  let hold: (goOn: () => void) => void = () => undefined;
  const held = new Promise<() => void>((resolve) => (hold = resolve));
  return { held, onRcptTo: (_address, _session, done) => hold(() => done()) };
}

describe('without any configuration', () => {
  test('signup is answered with 201, and the mail is captured under .mail/ of the working directory', async () => {
    const [cwd, port] = [await folder(), await freePort()];
    const example = start(cwd, { PORT: String(port) });
    await example.answers(port);
    await signup(port).send(ADA).expect(201);

    const mails = join(cwd, '.mail');
    await until(async () => (await captured(mails)).length > 0);
    const [name = ''] = await captured(mails);
    const email = await PostalMime.parse(await readFile(join(mails, name)));
    expect(email).toMatchObject({
      subject: 'Welcome, Åda 中 😀!',
      to: [{ address: ADA.email, name: ADA.name }],
    });
    expect(email.html).toMatch(/<h1 style="[^"]*">Good to have you aboard, Åda 中 😀\./);
    expect(email.text).toMatch(/^Good to have you aboard, Åda 中 😀\.\n/);
    expect(example.output).toContain(`Mail is captured in ${mails}`);
  });

  test('a bad body gets a clear 4xx and no mail, and the process stays up', async () => {
    const [cwd, port] = [await folder(), await freePort()];
    const example = start(cwd, { PORT: String(port) });
    await example.answers(port);
    const bad: ReadonlyArray<readonly [number, string | object | undefined]> = [
      [400, { email: 'a@x.test\r\nBcc: b@y.test' }],
      [400, undefined],
      [400, [ADA]],
      [400, { email: 42, name: {} }],
      [400, '{"email":'],
      [413, { ...ADA, name: 'a'.repeat(2_000_000) }],
    ];
    for (const [status, body] of bad) {
      const answer = await signup(port).set('content-type', 'application/json').send(body).expect(status);
      expect([answer.body.message].flat().join()).toMatch(/\w/);
    }

    await signup(port).send(ADA).expect(201);
    await until(async () => (await captured(join(cwd, '.mail'))).length > 0);
    expect(await captured(join(cwd, '.mail'))).toHaveLength(1);
    expect(example.stderr).toBe('');
  });
});

test('a wrong configuration ends in one report of everything, without a stack or a secret', async () => {
  const example = start(await folder(), {
    NODE_ENV: 'production',
    MAIL_PORT: 'abc',
    MAIL_FROM: 'nonsense',
    MAIL_HOSST: 'x',
    MAIL_PASSWORD: 's3cret',
  });

  expect(await example.exit).toEqual<Exit>({ code: 1, signal: null });
  expect(example.output.trimEnd().split('\n')).toEqual([
    'The mail configuration is not usable:',
    expect.stringMatching(/^ {2}- MAIL_PORT: expected .*, got "abc"\./),
    expect.stringMatching(/^ {2}- MAIL_FROM: expected .*, got "nonsense"\./),
    expect.stringMatching(/^ {2}- MAIL_HOST: expected the host of a mail server, /),
    expect.stringMatching(/^ {2}- MAIL_SPOOL_PATH: expected a place for the mails that queue\(\) is given, /),
    expect.stringMatching(/^ {2}- MAIL_HOSST: .*Did you mean "MAIL_HOST"\?/),
  ]);
  expect(example.output).not.toContain('s3cret');
});

describe('with nobody at the mail server', () => {
  test('MAIL_VERIFY=boot ends the boot with one readable message', async () => {
    const [cwd, port] = [await folder(), await freePort()];
    const example = start(cwd, {
      PORT: String(await freePort()),
      MAIL_URL: `smtp://tidemark:s3cret@127.0.0.1:${port}`,
      MAIL_VERIFY: 'boot',
      MAIL_TIMEOUT: '5s',
    });

    expect(await example.exit).toEqual<Exit>({ code: 1, signal: null });
    expect(example.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        `The mailer 'default' cannot send now: 127\\.0\\.0\\.1:${port} could not be reached: .*\\. Fix this, or .*MAIL_VERIFY=warn`,
      ),
    ]);
    expect(example.output).not.toMatch(/^ {4}at |s3cret|successfully started/m);
  });

  test('it boots otherwise: signup is answered with 201, and the log has what holds the mail up, and why', async () => {
    const [cwd, port, smtp] = [await folder(), await freePort(), await freePort()];
    const example = start(cwd, { PORT: String(port), MAIL_URL: `smtp://127.0.0.1:${smtp}` });
    await example.answers(port);
    await signup(port).send(ADA).expect(201);

    await example.says(/mail\.paused transport-unavailable \[default\]: .*ECONNREFUSED/);
    expect(example.output).toMatch(/The mailer 'default' cannot send now: .*MAIL_VERIFY=boot/);
    expect(example.output).not.toContain(ADA.email);
  });
});

describe('SIGTERM', () => {
  test('with a mail on its way: it arrives, and the process ends', async () => {
    const { held, onRcptTo } = holdRecipient();
    const { port: smtp, mails, close } = await startSmtpServer({ onRcptTo });
    afterCleanup(close);
    const [cwd, port] = [await folder(), await freePort()];
    const example = start(cwd, { PORT: String(port), MAIL_URL: `smtp://127.0.0.1:${smtp}` });
    await example.answers(port);
    await signup(port).send(ADA).expect(201);
    const goOn = await held;

    example.terminate();
    // The process answers only after it has seen the signal: it was sent before the request.
    await request(`http://127.0.0.1:${port}`).get('/health').expect(200);
    expect(mails).toEqual([]);
    goOn();

    // Nest ends a process by the signal it was sent, once the application is closed.
    expect(await example.exit).toEqual<Exit>({ code: null, signal: 'SIGTERM' });
    expect(mails.map(({ to }) => to)).toEqual([[ADA.email]]);
    expect(example.stderr).toBe('');
  });

  test('with idle connections to the mail server: it ends at once', async () => {
    const { port: smtp, mails, close } = await startSmtpServer();
    afterCleanup(close);
    const [cwd, port] = [await folder(), await freePort()];
    const example = start(cwd, { PORT: String(port), MAIL_URL: `smtp://127.0.0.1:${smtp}` });
    await example.answers(port);
    await signup(port).send(ADA).expect(201);
    await until(() => mails.length === 1);

    const before = performance.now();
    example.terminate();
    expect(await example.exit).toEqual<Exit>({ code: null, signal: 'SIGTERM' });
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

describe('with the mail server away for a while', () => {
  /** The server at that port, from now on. */
  async function mailServer(port: number): Promise<ScriptedServer> {
    const server = await startScriptedServer(undefined, port);
    afterCleanup(server.close);
    return server;
  }

  const people = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, n) => `user${n}@example.test`);

  /** Signs everybody up, so many at a time. Each has to be answered with 201. */
  async function signUpAll(port: number, emails: readonly string[], width: number): Promise<void> {
    const waiting = emails.values();
    const oneAfterAnother = async (): Promise<void> => {
      for (const email of waiting)
        await signup(port)
          .send({ ...ADA, email })
          .expect(201);
    };
    await Promise.all(Array.from({ length: width }, oneAfterAnother));
  }

  /** Everybody who got a mail, as often as they got one. */
  const recipients = ({ bodies }: ScriptedServer): string[] =>
    bodies.map((body) => /^To: .*<(.*)>\r$/m.exec(body)?.[1] ?? 'nobody').toSorted();

  test('ten signups, kill -9, a restart: ten mails arrive, each once', async () => {
    const [cwd, port, smtp] = [await folder(), await freePort(), await freePort()];
    const env = { PORT: String(port), MAIL_URL: `smtp://127.0.0.1:${smtp}`, MAIL_VERIFY: 'off' };
    const killed = start(cwd, env);
    await killed.answers(port);
    await signUpAll(port, people(10), 1);
    await killed.kill();

    const server = await mailServer(smtp);
    const example = start(cwd, env);
    await until(() => server.bodies.length >= 10);
    example.terminate();
    await example.exit;
    expect(recipients(server)).toEqual(people(10).toSorted());
  }, 60_000);

  test('1,000 signups meanwhile are answered with 201, and 1,000 mails arrive after it, each once', async () => {
    const [cwd, port, smtp] = [await folder(), await freePort(), await freePort()];
    const before = await mailServer(smtp);
    const example = start(cwd, { PORT: String(port), MAIL_URL: `smtp://127.0.0.1:${smtp}` });
    await example.answers(port);
    await signup(port).send(ADA).expect(201);
    await until(() => before.bodies.length === 1);

    await before.close();
    await signUpAll(port, people(1_000), 10);
    expect(example.output).toContain('mail.paused transport-unavailable');

    const server = await mailServer(smtp);
    await until(() => server.bodies.length >= 1_000);
    await example.says('mail.resumed');
    example.terminate();
    await example.exit;
    expect(recipients(server)).toEqual(people(1_000).toSorted());
  }, 120_000);

  async function onRedis(): Promise<Readonly<Record<string, string>>> {
    const redis = await RedisServer.start();
    afterCleanup(redis.close);
    return { MAIL_QUEUE: 'bullmq', MAIL_REDIS_URL: redis.url };
  }

  test.each([
    ['in the spool', async () => ({})],
    ['on Redis', onRedis],
  ])(
    'DELIVERY=worker, %s: the web process sends nothing, the worker each mail once',
    async (_, queue) => {
      const [cwd, port, place] = [await folder(), await freePort(), await queue()];
      const [unused, smtp] = [await mailServer(0), await mailServer(0)];
      const url = (server: ScriptedServer) => ({
        ...place,
        MAIL_URL: `smtp://127.0.0.1:${server.port}`,
        MAIL_VERIFY: 'off',
      });
      const web = start(cwd, { PORT: String(port), DELIVERY: 'worker', ...url(unused) });
      await web.answers(port);
      const worker = start(cwd, url(smtp), 'worker');
      await worker.says('Delivering from the queue');
      await signUpAll(port, people(3), 1);
      await until(() => smtp.bodies.length >= 3);

      worker.terminate();
      web.terminate();
      expect(await worker.exit).toEqual<Exit>({ code: null, signal: 'SIGTERM' });
      await web.exit;
      expect(recipients(smtp)).toEqual(people(3));
      expect(unused.connections).toBe(0);
      expect(worker.stderr + web.stderr).toBe('');
    },
    60_000,
  );
});

test('a DELIVERY that is neither ends the boot, and a worker without a queue says what it lacks', async () => {
  const cwd = await folder();
  const web = start(cwd, { DELIVERY: 'elsewhere' });
  const worker = start(cwd, { MAIL_QUEUE: 'off' }, 'worker');
  expect((await web.exit).code).toBe(1);
  expect(web.stderr).toContain('DELIVERY: expected web or worker, got "elsewhere".');
  expect((await worker.exit).code).toBe(1);
  expect(worker.stderr).toContain('There is no mail queue: ');
});
