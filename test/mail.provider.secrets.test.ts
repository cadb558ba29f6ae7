import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { MailModule, MailQueueService } from 'nest-mailroom';
import { ses } from 'nest-mailroom/ses';
import { type FakeAnswer, TestProviderServer } from 'nest-mailroom/testing';
import { runCli } from './cli/run-cli.js';
import { startInbox } from './inbox/support/inbox-application.js';
import { afterCleanup, boot, cleanup, folder, setEnv } from './support/application.js';
import { NAMES } from './support/provider-transport.js';
import { shortPauses } from './support/queueing.js';

/** With what each encoding spells in its own way. */
const KEY = `SG.planted/a+b="c"\\d=e%f&g<h>'i~key`;
const KEY_ID = 'AKIAPLANTED000000KEY';
const mail = {
  from: 'app@from.test',
  to: 'ada@to.test',
  subject: 'Welcome',
  text: 'the body',
  html: '<p>the body</p>',
};

beforeEach(shortPauses);
afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

/** A text in all that a log, a page or a server may write it in. */
function spellings(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text);
  const bytes = Buffer.from(text);
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const printable = text.replaceAll('=', '=3D');
  return [
    text,
    url,
    url.replaceAll(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase()),
    new URLSearchParams({ '': text }).toString().slice(1),
    json,
    JSON.stringify(json).slice(1, -1),
    html,
    html.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    printable,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    Buffer.from(`api:${text}`).toString('base64'),
    Buffer.from(`user:${text}:more`).toString('base64').slice(8, -8),
  ];
}

/** Everything that was written, and what in it is a key. */
class Written {
  readonly #texts: { readonly where: string; readonly text: string }[] = [];
  readonly #spelt: readonly string[];

  constructor(keys: readonly string[]) {
    this.#spelt = keys.flatMap(spellings);
    for (const level of ['error', 'warn', 'log', 'debug', 'verbose'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation((...args: unknown[]) => this.add('log', args));
    }
  }

  add(where: string, value: unknown): void {
    const whole = typeof value === 'string' ? value : inspect(value, { depth: 12, showHidden: true });
    this.#texts.push({ where, text: whole });
    if (typeof value === 'object') this.#texts.push({ where, text: JSON.stringify(value) });
  }

  get places(): ReadonlySet<string> {
    return new Set(this.#texts.map(({ where }) => where));
  }

  get found(): readonly string[] {
    return this.#texts.flatMap(({ where, text }) =>
      this.#spelt
        .filter((key) => text.includes(key))
        .map((key) => `${where}: ${key} in ${text.slice(0, 500)}`),
    );
  }
}

/** An echo of the request, with the key in every spelling, as plain words and in html. */
function echoes(keys: readonly string[]): readonly FakeAnswer[] {
  const all = keys.flatMap(spellings);
  return all.flatMap((text) => {
    const said = `Bad request: POST /x?key=${text} Authorization: Bearer ${text}; Basic ${text}`;
    const body = {
      message: said,
      Message: said,
      ErrorCode: 300,
      name: 'validation_error',
      errors: [{ message: said, field: text, help: said }],
    };
    const headers = { 'x-amzn-errortype': 'BadRequestException' };
    return [
      { status: 400, headers, body },
      { status: 500, body: said },
    ];
  });
}

/** With the key it knows, and its URL. */
async function planted(name: string) {
  const server = await TestProviderServer.start(name, { key: name === 'ses' ? KEY_ID : KEY });
  afterCleanup(() => server.close());
  const secret = encodeURIComponent(KEY);
  const url = server.url.replace('secret-of-nobody', () => secret);
  return { server, url, keys: name === 'ses' ? [KEY, KEY_ID] : [KEY] };
}

async function filesIn(path: string, written: Written): Promise<void> {
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    written.add('file', (await readFile(join(entry.parentPath, entry.name))).toString('latin1'));
  }
}

describe.each(NAMES)('%s: its key is in no log, error, event, page or file', (name) => {
  test('through sends, refusals, echoes, a queue that waits, and the inbox', async () => {
    const { server, url, keys } = await planted(name);
    const written = new Written(keys);
    const dir = await folder();
    const path = join(dir, 'spool.db');
    setEnv({ MAIL_URL: url });
    const {
      app,
      mail: sender,
      ask,
    } = await startInbox({
      mail: { use: [ses()], verify: 'boot', queue: { driver: 'spool', path, retryDelays: [5] } },
      imports: [EventEmitterModule.forRoot()],
    });
    app.get(EventEmitter2).onAny((event, value) => written.add('event', [event, value]));
    const fail = (work: Promise<unknown>) => work.catch((error: unknown) => written.add('error', error));
    written.add('receipt', await sender.send(mail));
    for (const error of server.errors) {
      server.play({ error });
      await fail(sender.send(mail));
    }
    for (const echo of echoes(keys)) {
      server.play(echo);
      await fail(sender.send(mail));
    }
    for (const answer of ['html', 'redirect', 'reset after', 'cut'] as const) {
      server.play(answer);
      await fail(sender.send(mail));
    }
    const queue = app.get(MailQueueService);
    server.play(...echoes(keys).slice(0, 4));
    for (let index = 0; index < 4; index += 1) await sender.queue(mail);
    await queue.drain();
    const alarm = new Promise((resolve) => app.get(EventEmitter2).once('mail.alarm', resolve));
    server.key = 'another-key-of-nobody';
    await sender.queue(mail);
    await alarm;
    written.add('queue', await queue.list());
    written.add('queue', await queue.stats());
    for (const page of ['', 'queue', 'api/status', 'api/queue', 'api/messages', 'api/openapi.json']) {
      const answer = await ask(page);
      written.add('page', [...answer.headers, await answer.text()].join('\n'));
    }
    const { messages } = JSON.parse(await (await ask('api/messages')).text()) as {
      messages: { id: string }[];
    };
    for (const { id } of messages) written.add('page', await (await ask(`api/messages/${id}`)).text());
    await filesIn(dir, written);
    written.add('cli', await runCli(dir, 'check'));
    written.add('cli', await runCli(dir, 'queue', 'list', '--path', path));
    await cleanup();
    expect([...written.places].toSorted()).toEqual([
      'cli',
      'error',
      'event',
      'file',
      'log',
      'page',
      'queue',
      'receipt',
    ]);
    expect(written.found).toEqual([]);
  }, 60_000);

  test('at boot: with what its URL says wrong, a key that is refused, and mails that are captured', async () => {
    const { server, url, keys } = await planted(name);
    const written = new Written(keys);
    const dir = await folder();
    const failing = async (options: object) => {
      const module = MailModule.forRoot({ use: [ses()], queue: { driver: 'off' }, ...options });
      await boot([module]).catch((error: unknown) => written.add('error', error));
    };
    const wrong = [
      url.replace('?', '?sandbx=true&'),
      url.replace('?', '/path?'),
      url.replace('?', '?region=nowhere&'),
      url.replace('@', '@@'),
      url.replace('@', ':x@'),
      url.replace('?', '#'),
      url.replace(`${name}:`, `${name}x:`),
      url.replace('endpoint=', 'endpoint=ftp'),
    ];
    for (const bad of wrong) {
      await failing({ transport: bad });
      await failing({ transport: { url: bad, password: KEY } });
      setEnv({ MAIL_URL: bad });
      await failing({});
    }
    setEnv({ MAIL_URL: undefined });
    server.key = 'another-key-of-nobody';
    await failing({ transport: url, verify: 'boot' });
    setEnv({ MAIL_URL: url.replace(/\/\/[^@]*@/, '//'), MAIL_API_KEY: `${KEY} x` });
    await failing({});
    setEnv({ MAIL_URL: url, MAIL_API_KEY: undefined });
    const app = await boot([
      MailModule.forRoot({ transport: `file:${dir}`, use: [ses()], mailers: { other: { transport: url } } }),
    ]);
    expect(app).toBeDefined();
    await filesIn(dir, written);
    expect(written.places).toContain('error');
    expect(written.found).toEqual([]);
  });
});
