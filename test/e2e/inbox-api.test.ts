import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Test } from '@nestjs/testing';

import { AppModule } from '../../examples/signup/src/app.module.js';
import { afterCleanup, cleanup } from '../support/application.js';
import { LogLines } from '../support/log-lines.js';

const run = promisify(execFile);

afterEach(cleanup);

test('a Python client signs up at the example, waits for the mail, reads it and deletes it', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .setLogger(new LogLines())
    .compile();
  const app = module.createNestApplication();
  afterCleanup(() => app.close());
  await app.listen(0, '127.0.0.1');
  const { stdout } = await run('python3', [join(__dirname, 'inbox_client.py'), await app.getUrl()]);
  expect(JSON.parse(stdout)).toMatchObject({ subject: 'Welcome, Ada!' });
});
