import { TestProviderServer } from 'nest-mailroom/testing';
import request from 'supertest';
import { afterCleanup, cleanup, folder } from '../support/application.js';
import { buildExample, ExampleProcess, freePort, until } from '../support/example-process.js';

const ADA = { email: 'ada@example.test', name: 'Åda 中 😀' };
const BUILD_MS = 240_000;

beforeAll(buildExample, BUILD_MS);
afterEach(cleanup);

async function provider(name: string): Promise<TestProviderServer> {
  const server = await TestProviderServer.start(name);
  afterCleanup(() => server.close());
  return server;
}

function start(
  cwd: string,
  env: Readonly<Record<string, string>>,
  entry?: 'main' | 'worker',
): ExampleProcess {
  const example = new ExampleProcess(cwd, env, entry);
  afterCleanup(() => example.kill());
  return example;
}

/** Signs up, and waits for the welcome. */
async function signUp(port: number, { mails }: TestProviderServer): Promise<readonly string[]> {
  await request(`http://127.0.0.1:${port}`).post('/signup').send(ADA).expect(201);
  await until(() => mails.length > 0);
  return mails.flatMap(({ recipients }) => recipients);
}

test('MAIL_URL of SendGrid is all that the example needs to send by it', async () => {
  const [cwd, port, server] = [await folder(), await freePort(), await provider('sendgrid')];
  const example = start(cwd, { PORT: String(port), MAIL_URL: server.url, MAIL_VERIFY: 'boot' });
  await example.answers(port);
  expect(await signUp(port, server)).toEqual([ADA.email]);
  expect(server.mails[0]?.request.body).toMatchObject({ subject: 'Welcome, Åda 中 😀!' });
  expect([server.problems, example.output.includes(server.key)]).toEqual([[], false]);
});

test('MAIL_URL of Amazon SES is all that its web process and its worker need', async () => {
  const [cwd, port, server] = [await folder(), await freePort(), await provider('ses')];
  const mail = { MAIL_URL: server.url, MAIL_VERIFY: 'boot' };
  const web = start(cwd, { PORT: String(port), DELIVERY: 'worker', ...mail });
  const worker = start(cwd, mail, 'worker');
  await Promise.all([web.answers(port), worker.says('Delivering from the queue')]);
  expect(await signUp(port, server)).toEqual([ADA.email]);
  const output = web.output + worker.output;
  expect([server.problems, output.includes('secret-of-nobody')]).toEqual([[], false]);
});
