import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { MailModule, MailService } from 'nest-mailroom';
import {
  MailInboxModule,
  type MailInboxModuleAsyncOptions,
  type MailInboxOptions,
} from 'nest-mailroom/inbox';
import { INBOX, resolveInboxOptions } from '../../src/inbox/inbox.options.js';
import { afterCleanup, cleanup } from '../support/application.js';
import { documentText } from '../support/documents.js';
import { bare, tableAfter } from '../support/markdown.js';
import { startInbox } from './support/inbox-application.js';

afterEach(cleanup);

const SURROUNDINGS = { nodeEnv: 'development', workingDir: '/work', entryDir: '/work/dist' };

test('the chapter documents exactly the existing options', () => {
  const chapter = documentText('docs/inbox.md');
  const names = tableAfter(chapter, '<!-- inbox options -->').map(([name]) => bare(name).split('.')[0]);
  expect([...new Set(names)]).toEqual(INBOX.names);
});

test('options have their documented defaults', () => {
  expect(resolveInboxOptions({}, SURROUNDINGS)).toEqual({
    path: 'mail',
    guard: undefined,
    hosts: [],
    dir: '/work/.mail/inbox',
    isTemporary: false,
    keep: 500,
    smtp: undefined,
    watch: true,
    release: { allow: [] },
    environment: 'development',
  });
});

test.each<[object, RegExp]>([
  [{ keep: 0 }, /keep: expected a whole number from 1 to 10000, got 0/],
  [{ hosts: 'a.test' }, /hosts: expected an array of strings/],
  [{ watch: 'yes' }, /watch: expected true or false/],
  [{ dir: '' }, /dir: expected a folder/],
  [{ guard: {} }, /guard: expected a class of a guard, got an object/],
  [{ smtp: { port: 1025 } }, /smtp: expected smtpListener\(\) of nest-mailroom\/inbox\/smtp, got an object/],
  [{ allowInProduction: 'yes' }, /allowInProduction: expected true or false/],
  [{ release: null }, /release: expected an object of options, got null/],
  [
    { release: { alow: [] } },
    /release\.alow: expected one of allow, transport, got an unknown option\. Did you mean "allow"/,
  ],
  [{ release: { allow: '*' } }, /release\.allow: expected an array of strings/],
  [
    { paht: 'x' },
    /paht: expected one of path, guard, .*, release, got an unknown option\. Did you mean "path"\?/,
  ],
])('refuses %j', (options: MailInboxOptions, message) => {
  expect(() => resolveInboxOptions(options, SURROUNDINGS)).toThrow(message);
});

test.each(['', '/', '../up', 'a//b', 'a?b', ':id', 7])('refuses the path %j', (path) => {
  const options: object = { path };
  expect(() => MailInboxModule.forRoot(options)).toThrow(/path: expected a path such as 'mail'/);
});

test('a second inbox in one application fails the boot', async () => {
  await expect(startInbox({ imports: [MailInboxModule.forRoot({ path: 'other' })] })).rejects.toThrow(
    /imported twice in one application/,
  );
});

class Making {
  createMailInboxOptions(): MailInboxOptions {
    return { path: 'made' };
  }
}

/** Boots an inbox with async options and returns its path, or the error of the boot. */
async function answerOf(options: MailInboxModuleAsyncOptions, path: string): Promise<number | string> {
  try {
    const imports = [MailModule.forRoot({ from: 'app@example.test' }), MailInboxModule.forRootAsync(options)];
    const app = (await Test.createTestingModule({ imports }).compile()).createNestApplication({
      logger: false,
    });
    afterCleanup(() => app.close());
    await app.listen(0, '127.0.0.1');
    return (await fetch(`${await app.getUrl()}/${path}/api/status`)).status;
  } catch (error) {
    return String(error);
  }
}

describe('options of a factory', () => {
  @Module({ providers: [Making], exports: [Making] })
  class MakingModule {}

  test.each<[string, MailInboxModuleAsyncOptions]>([
    [
      'useFactory',
      {
        inject: [Making],
        imports: [MakingModule],
        useFactory: (making: Making) => Promise.resolve(making.createMailInboxOptions()),
      },
    ],
    ['useClass', { useClass: Making }],
    ['useExisting', { imports: [MakingModule], useExisting: Making }],
  ])('work with %s, the path included', async (_way, options) => {
    expect(await answerOf(options, 'made')).toBe(200);
  });

  test.each<[unknown, RegExp]>([
    [undefined, /expected the factory to give an object of options, got nothing/],
    [null, /got null/],
    [[], /got an array/],
    ['mail', /got a string/],
    [{ path: '../up' }, /path: expected a path such as 'mail'/],
    [{ paht: 'x' }, /Did you mean "path"\?/],
  ])('%j is refused', async (given, message) => {
    expect(await answerOf({ useFactory: () => given as MailInboxOptions }, 'mail')).toMatch(message);
  });

  test('must have exactly one source', () => {
    expect(() => MailInboxModule.forRootAsync({})).toThrow(
      /expected one of useFactory, useClass and useExisting, got 0/,
    );
  });
});

test('an application context without an HTTP server boots', async () => {
  @Module({ imports: [MailModule.forRoot({ from: 'app@example.test' }), MailInboxModule.forRoot()] })
  class Worker {}
  const worker = await NestFactory.createApplicationContext(Worker, { logger: false });
  afterCleanup(() => worker.close());
  expect(
    await worker.get(MailService).send({ to: 'ada@example.test', subject: 'x', text: 'x' }),
  ).toMatchObject({ accepted: ['ada@example.test'] });
});
