import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterCleanup, cleanup, folder, setEnv } from '../support/application.js';
import { documentText } from '../support/documents.js';

afterEach(cleanup);

/** Status of the signup example's inbox; its module reads the environment when it is imported. */
async function statusOfExample(): Promise<number> {
  let status = 0;
  await jest.isolateModulesAsync(async () => {
    const { NestFactory } = await import('@nestjs/core');
    const { AppModule } = await import('../../examples/signup/src/app.module.js');
    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    afterCleanup(() => app.close());
    await app.listen(0, '127.0.0.1');
    status = (await fetch(`${await app.getUrl()}/mail/api/status`)).status;
  });
  return status;
}

test.each([
  ['production', 404],
  ['staging', 404],
  ['test', 200],
])('where NODE_ENV is %s, the example answers %d for its inbox', async (NODE_ENV, status) => {
  const MAIL_SPOOL_PATH = join(await folder(), 'spool.db');
  setEnv({ NODE_ENV, MAIL_URL: 'memory:', MAIL_FROM: 'app@example.test', MAIL_SPOOL_PATH });
  expect(await statusOfExample()).toBe(status);
});

/** The line of a document that mounts the inbox, verbatim. */
function mountLine(document: string): string {
  const [line = ''] = /^ *\.\.\.\(.*MailInboxModule\.forRoot\(\).*$/m.exec(documentText(document)) ?? [];
  return line.trim().replace(/^\.\.\.|,$/g, '');
}

test.each(['README.md', 'docs/inbox.md'])('%s mounts the inbox only in development and tests', (document) => {
  const inboxes = (NODE_ENV?: string): unknown =>
    runInNewContext(`(${mountLine(document)}).length`, {
      process: { env: { NODE_ENV } },
      MailInboxModule: { forRoot: () => 'inbox' },
    });
  expect([undefined, 'development', 'test', 'production', 'staging', ''].map(inboxes)).toEqual([
    1, 1, 1, 0, 0, 0,
  ]);
});
