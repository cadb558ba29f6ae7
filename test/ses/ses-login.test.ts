import { createServer } from 'node:http';
import { join } from 'node:path';
import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { SESv2Client as Client } from '@aws-sdk/client-sesv2';
import { MailModule, MailService } from 'nest-mailroom';
import { ses } from 'nest-mailroom/ses';
import { type ProviderAnswer, TestProviderServer } from 'nest-mailroom/testing';
import { MailError } from '../../src/errors/mail-error.js';
import { afterCleanup, boot, cleanup, folder, setEnv } from '../support/application.js';
import { recogniseNativeErrors } from '../support/native-errors.js';
import { queueing, shortPauses } from '../support/queueing.js';

recogniseNativeErrors();

const mail = { from: 'app@from.test', to: 'ada@to.test', subject: 'Hello', text: 'the body' };
const SECRET = 'planted/secret+of=nobody';

afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

async function fake(...script: readonly ProviderAnswer[]): Promise<TestProviderServer> {
  const server = await TestProviderServer.start('ses', { script });
  afterCleanup(() => server.close());
  return server;
}

/** The URL without credentials: those of the chain are used. */
const keyless = ({ url }: TestProviderServer): string => url.replace(/\/\/[^@]*@/, '//');

async function sender(transport: string, client?: SESv2Client): Promise<MailService> {
  const use = [ses({ client })];
  const app = await boot([MailModule.forRoot({ transport, use, verify: 'off', queue: { driver: 'off' } })]);
  return app.get(MailService);
}

async function failure(work: Promise<unknown>): Promise<MailError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (!MailError.is(error)) throw new Error('expected a MailError', { cause: error });
  return error;
}

/** A service of Amazon's that gives out credentials, and refuses. */
async function sts(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response
      .writeHead(400, { 'content-type': 'text/xml' })
      .end(
        '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>No such provider</Message></Error></ErrorResponse>',
      );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  afterCleanup(() => new Promise((resolve) => void server.close(resolve)));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** Credentials come from a role whose token is refused, with the status of a mail that is. */
async function refusedRole(): Promise<void> {
  const dir = await folder({ token: 'of-nobody' });
  setEnv({
    AWS_ENDPOINT_URL_STS: await sts(),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/mail',
    AWS_WEB_IDENTITY_TOKEN_FILE: join(dir, 'token'),
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}

test('credentials that the chain cannot get are the fault of no mail', async () => {
  await refusedRole();
  const server = await fake();
  const error = await failure((await sender(keyless(server))).send(mail));
  expect(error).toMatchObject({ code: 'authentication', scope: 'transport', outcome: 'not-sent' });
  expect(error.message).toContain('no credentials were found: No such provider');
  expect(server.requests).toEqual([]);
});

test('queued mails wait for them, and none is dead', async () => {
  shortPauses();
  await refusedRole();
  const server = await fake();
  const { mail: service, queue, next } = await queueing(keyless(server), {}, { use: [ses()] });
  const alarm = next('mail.alarm');
  await service.queue(mail);
  expect((await alarm).error?.code).toBe('authentication');
  const resumed = next('mail.resumed');
  setEnv({ AWS_ACCESS_KEY_ID: server.key, AWS_SECRET_ACCESS_KEY: SECRET });
  await resumed;
  await queue.drain();
  expect((await queue.list()).map(({ state, attempts }) => [state, attempts.length])).toEqual([['sent', 1]]);
});

test('those that it found are not shown', async () => {
  setEnv({
    AWS_ACCESS_KEY_ID: 'AKIAPLANTED000000KEY',
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: 'planted+token/x',
  });
  const server = await fake({
    status: 400,
    headers: { 'x-amzn-errortype': 'BadRequestException' },
    body: { message: `no: ${SECRET} ${encodeURIComponent('planted+token/x')} AKIAPLANTED000000KEY` },
  });
  server.key = 'AKIAPLANTED000000KEY';
  const error = await failure((await sender(keyless(server))).send(mail));
  expect(error.message).toContain('no: *** *** ***');
});

test('a client that tries again by itself is refused before anything is sent', async () => {
  const server = await fake();
  const credentials = { accessKeyId: server.key, secretAccessKey: SECRET };
  const made = (maxAttempts?: number) =>
    new Client({
      region: 'eu-west-1',
      endpoint: server.endpoint,
      credentials,
      ...(maxAttempts !== undefined && { maxAttempts }),
    });
  const [eager, careful] = [made(), made(1)];
  const error = await failure((await sender(server.url, eager)).send(mail));
  expect(error).toMatchObject({ code: 'config', outcome: 'not-sent' });
  expect(error.message).toContain('maxAttempts: 1');
  expect(server.requests).toEqual([]);
  await (await sender(server.url, careful)).send(mail);
  expect(server.mails).toHaveLength(1);
  for (const client of [eager, careful]) client.destroy();
});

test.each<[string, object]>([
  ['configurationSet', { configurationSet: 5 }],
  ['tenantName', { tenantName: '' }],
  ['fromEmailAddressIdentityArn', { fromEmailAddressIdentityArn: ['arn:x'] }],
  ['listManagement', { listManagement: {} }],
  ['emailTags.a b', { emailTags: { 'a b': 'x' } }],
  ['emailTags.a', { emailTags: { a: 'ä' } }],
  ['emailTags.order', { emailTags: { order: '8' } }],
])('an option that it cannot take is refused: %s', async (field, options) => {
  const server = await fake();
  const wrong = { ...mail, metadata: { order: '7' }, provider: { ses: options } };
  const error = await failure((await sender(server.url)).send(wrong));
  expect(error).toMatchObject({ code: 'unsupported', at: { field: `provider.ses.${field}` } });
  expect(server.requests).toEqual([]);
});
