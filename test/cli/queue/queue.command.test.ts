import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settlement } from '../../../src/queue/mail-queue.js';
import type { SqliteSpool } from '../../../src/queue/spool/sqlite-spool.js';
import { claimDue, dueMail, settle } from '../../queue/spool-mails.js';
import { SpoolFolder } from '../../queue/spool-under-test.js';
import { type CliSurroundings, type CommandResult, RunningCli } from '../run-cli.js';

let place: SpoolFolder;
let spool: SqliteSpool;

beforeEach(async () => {
  place = await SpoolFolder.create();
  spool = await place.open();
});
afterEach(() => place.remove());

/** Runs `mailroom queue` on the spool, which is open here all the time. */
function queue(...args: string[]): Promise<CommandResult> {
  return queueIn({}, ...args, '--path', place.path);
}

function queueIn(surroundings: CliSurroundings, ...args: string[]): Promise<CommandResult> {
  return new RunningCli(place.folder, ['queue', ...args], surroundings).end;
}

const REFUSED = {
  startedAt: new Date('2026-03-09T10:00:00Z'),
  durationMs: 120,
  accepted: ['ada@to.test'],
  rejected: [
    {
      address: 'bob@to.test',
      code: 'recipients-rejected',
      retryable: false,
      smtp: { code: 550, enhanced: '5.1.1', text: 'no such user', command: 'RCPT TO' },
    },
  ],
  response: '250 2.0.0 queued as 7',
} as const;

const LOST: Settlement = {
  state: 'ambiguous',
  attempt: {
    startedAt: new Date('2026-03-09T10:00:00Z'),
    durationMs: 30_000,
    accepted: [],
    rejected: [],
    error: { code: 'ambiguous', message: 'No reply came.', outcome: 'unknown' },
  },
};

/** Queues a mail, and settles it. */
async function settled(settlement: Settlement, message: Parameters<typeof dueMail>[0] = {}): Promise<string> {
  const { id } = await spool.add(dueMail(message));
  await claimDue(spool, 1);
  await settle(spool, id, settlement);
  return id;
}

const waiting = (message: Parameters<typeof dueMail>[0] = {}): Promise<{ readonly id: string }> =>
  spool.add(dueMail(message));

const idsIn = ({ out }: CommandResult): readonly string[] =>
  (JSON.parse(out) as ReadonlyArray<{ readonly id: string }>).map(({ id }) => id);

describe('ls', () => {
  test('shows mails as a table, newest first', async () => {
    await settled({ state: 'dead', attempt: REFUSED }, { subject: 'First', template: 'welcome' });
    const to = ['ada@to.test', 'bob@to.test'];
    await waiting({ subject: 'Second\u009b31m', envelope: { from: 'a@from.test', to } });
    const { code, out, err } = await queue('ls');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').map((line) => line.replaceAll(/ {2,}/g, '|'))).toEqual([
      'ID|STATE|AGE|DUE|TRIES|TO|TEMPLATE|SUBJECT',
      expect.stringMatching(/^2\|waiting\|\d+s\|in \d+d\|0\|ada@to.test \+1\|Second\uFFFD31m$/),
      expect.stringMatching(/^1\|dead\|0s\|1\|ada@to.test\|welcome\|First$/),
      '',
    ]);
  });

  test('cuts the columns of a narrow terminal, and only there', async () => {
    const subject =
      'A subject that goes on and on and is longer than any terminal is wide, and then some more';
    await waiting({ subject });
    const { out } = await queueIn({ columns: 72 }, 'ls', '--path', place.path);
    const lines = out.trimEnd().split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBe(72);
    expect(lines.at(-1)).toMatch(/…$/);
    expect((await queue('ls')).out).toContain(subject);
  });

  test.each([
    ['--state dead', ['1']],
    ['--state waiting', ['3', '2']],
    ['--to bob@to.test', ['2']],
    ['--template welcome', ['1']],
    ['--mailer news', ['3']],
    ['--before 2020-01-01', []],
    ['--before 3000-01-01T00:00Z', ['3', '2', '1']],
    ['--state waiting --limit 1', ['3']],
  ])('%s', async (flags, ids) => {
    await settled({ state: 'dead' }, { template: 'welcome' });
    await waiting({ envelope: { from: 'a@from.test', to: ['bob@to.test'] } });
    await waiting({ mailer: 'news' });
    expect(idsIn(await queue('ls', '--json', ...flags.split(' ')))).toEqual(ids);
  });

  test('--before takes an age', async () => {
    const earlier = await place.open({ clock: () => Date.parse('2026-03-09T09:30:00Z') });
    const later = await place.open({ clock: () => Date.parse('2026-03-09T10:30:00Z') });
    await earlier.add(dueMail());
    await later.add(dueMail());
    expect(idsIn(await queue('ls', '--json', '--before', '2h'))).toEqual(['1']);
    expect(idsIn(await queue('ls', '--json', '--before', '90m'))).toEqual(['1']);
    expect(idsIn(await queue('ls', '--json', '--before', '60m'))).toEqual(['2', '1']);
  });

  test('says when there is more, and when there is nothing', async () => {
    expect(await queue('ls')).toEqual({ code: 0, out: '', err: 'no mails\n' });
    await waiting();
    await waiting();
    expect((await queue('ls', '--limit', '1')).err).toBe('the newest 1; --limit shows more\n');
  });
});

describe('show', () => {
  test('lists every attempt with the reply of the server', async () => {
    const to = ['ada@to.test', 'bob@to.test'];
    const id = await settled({ state: 'dead', attempt: REFUSED }, { envelope: { from: 'a@from.test', to } });
    const { code, out } = await queue('show', id);
    expect(code).toBe(0);
    expect(out).toMatch(/^id +1\nstate +dead\nto +ada@to.test, bob@to.test\n/);
    expect(out.slice(out.indexOf('attempt 1'))).toBe(
      [
        'attempt 1, 2026-03-09T10:00:00.000Z, 120 ms',
        '  accepted: ada@to.test',
        '  reply: 250 2.0.0 queued as 7',
        '  rejected: bob@to.test, for good: 550 5.1.1 no such user',
        '',
      ].join('\n'),
    );
  });

  test('reports an unknown outcome', async () => {
    const { out } = await queue('show', await settled(LOST));
    expect(out).toContain('  ambiguous: No reply came. It may have been sent.\n');
    expect((await queue('show', (await waiting()).id)).out).toContain('no attempt is over yet');
  });

  test('--json is the entry', async () => {
    const id = await settled({ state: 'dead', attempt: REFUSED });
    const { out } = await queue('show', id, '--json');
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(await spool.get(id))));
  });

  test.each(['7', 'x'])('%s is no mail', async (id) => {
    expect(await queue('show', id)).toEqual({
      code: 1,
      out: '',
      err: `${id}: there is no such mail, or none any more\n`,
    });
  });
});

describe('retry and cancel', () => {
  test('by id', async () => {
    const [dead, held] = [await settled({ state: 'dead' }), await settled(LOST)];
    expect(await queue('retry', dead, held)).toMatchObject({ code: 0, err: '' });
    expect((await spool.stats()).states).toMatchObject({ waiting: 2, dead: 0, ambiguous: 0 });
    expect(await queue('cancel', dead)).toEqual({ code: 0, out: '1 mail cancelled\n', err: '' });
    expect((await spool.get(dead))?.state).toBe('cancelled');
    const sent = await settled(LOST);
    expect(await queue('cancel', sent)).toMatchObject({ code: 0, out: '1 mail cancelled\n' });
    expect((await spool.get(sent))?.state).toBe('cancelled');
  });

  test('a retry is due at once, and for 48 hours', async () => {
    const id = await settled({ state: 'expired' });
    await queue('retry', id);
    expect(await spool.get(id)).toMatchObject({
      dueAt: new Date('2026-03-09T12:00:00Z'),
      expiresAt: new Date('2026-03-11T12:00:00Z'),
    });
  });

  test('by filter', async () => {
    await settled({ state: 'dead' }, { template: 'welcome' });
    await settled({ state: 'dead' }, { template: 'news' });
    expect((await queue('retry', '--template', 'news', '--json')).out).toBe('{"count":1}\n');
    expect((await spool.stats()).states).toMatchObject({ waiting: 1, dead: 1 });
    await waiting({ template: 'welcome' });
    expect((await queue('cancel', '--template', 'welcome')).out).toBe('1 mail cancelled\n');
  });

  test('--all means every mail in a fitting state', async () => {
    await settled({ state: 'dead' });
    await settled({ state: 'sent' });
    expect((await queue('retry', '--all')).out).toMatch(/^1 mail again due/);
    expect((await queue('cancel', '--all')).out).toBe('1 mail cancelled\n');
    expect((await queue('cancel', '--all')).out).toBe('0 mails cancelled\n');
  });

  test('an id in another state is reported, and the others are changed', async () => {
    const [sent, dead] = [await settled({ state: 'sent' }), await settled({ state: 'dead' })];
    const { code, out, err } = await queue('retry', sent, dead, '99');
    expect([code, out]).toEqual([1, expect.stringMatching(/^1 mail again due/)]);
    expect(err).toBe(
      `${sent}: expected a mail that is dead, ambiguous, expired; it is sent\n99: there is no such mail, or none any more\n`,
    );
  });

  test.each([
    [['retry'], 'retry: expected ids, or a filter such as --template, or --all; got nothing'],
    [['cancel', '1', '--all'], 'cancel: expected ids'],
    [['cancel', '--to', 'a@b.test', '--all'], 'got a filter and --all'],
    [['cancel', '--state', 'dead'], '--state: expected waiting, ambiguous, got "dead"'],
    [['retry', '--state', 'sent'], '--state: expected dead, ambiguous, expired, got "sent"'],
  ])('%j changes nothing', async (args, message) => {
    const { code, out, err } = await queue(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});

test('stats counts the states', async () => {
  await settled({ state: 'dead' });
  await settled({ state: 'sent' });
  const { code, out } = await queue('stats');
  expect(code).toBe(0);
  expect(out).toMatch(/^waiting +0\nsending +0\nsent +1\ndead +1\nambiguous +0\n/);
  expect(JSON.parse((await queue('stats', '--json')).out)).toEqual({ states: (await spool.stats()).states });
});

describe('where the spool is', () => {
  const list = ['ls', '--json'] as const;

  test('MAIL_SPOOL_PATH, in the environment before .env', async () => {
    await waiting();
    expect(idsIn(await queueIn({ env: { MAIL_SPOOL_PATH: 'mail/spool.db' } }, ...list))).toEqual(['1']);
    await writeFile(join(place.folder, '.env'), 'MAIL_SPOOL_PATH=mail/spool.db\nMAIL_PORT=nonsense\n');
    expect(idsIn(await queueIn({}, ...list))).toEqual(['1']);
    const { code, err } = await queueIn({ env: { MAIL_SPOOL_PATH: 'other.db' } }, ...list);
    expect([code, err]).toEqual([1, expect.stringContaining(join(place.folder, 'other.db'))]);
  });

  test('a missing spool is not created', async () => {
    const { code, err } = await queueIn({}, ...list);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^There is no mail spool at .*\.mail\/spool\.db: /),
    ]);
    expect(existsSync(join(place.folder, '.mail'))).toBe(false);
    await writeFile(join(place.folder, 'empty.db'), '');
    expect(await queueIn({}, ...list, '--path', 'empty.db')).toMatchObject({ code: 1 });
    expect(await readFile(join(place.folder, 'empty.db'), 'utf8')).toBe('');
  });

  test('a file that is no spool stays unchanged', async () => {
    await mkdir(join(place.folder, '.mail'));
    await writeFile(join(place.folder, '.mail/spool.db'), 'This is no database at all.');
    const { code, err } = await queueIn({}, 'stats');
    expect([code, err]).toEqual([2, expect.stringContaining('is no SQLite database')]);
  });

  test('an encrypted one is read with its key', async () => {
    const key = randomBytes(32);
    const secret = join(place.folder, 'secret.db');
    const sealed = await place.open({ path: secret, encryptionKey: key });
    await sealed.add(dueMail({ subject: 'Sealed' }));
    const keyFile = join(place.folder, 'key');
    await writeFile(keyFile, `${key.toString('hex')}\n`);
    const shown = [
      await queueIn({ env: { MAIL_SPOOL_KEY: key.toString('base64') } }, 'ls', '--path', secret),
      await queueIn({}, 'ls', '--path', secret, '--key-file', keyFile),
    ];
    for (const { code, out } of shown) expect([code, out]).toEqual([0, expect.stringContaining('Sealed')]);
    const { code, err } = await queueIn({}, 'ls', '--path', secret);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/is encrypted, and no key was given.*MAIL_SPOOL_KEY/),
    ]);
  });

  test('an invalid key is not shown', async () => {
    const byEnv = await queueIn({ env: { MAIL_SPOOL_KEY: 's3cret' } }, 'ls', '--path', place.path);
    await writeFile(join(place.folder, 'key'), 's3cret');
    const byFile = await queueIn({}, 'ls', '--path', place.path, '--key-file', 'key');
    for (const { code, err } of [byEnv, byFile]) {
      expect([code, err]).toEqual([2, expect.stringContaining('32 bytes in base64 or hex')]);
      expect(err).not.toContain('s3cret');
    }
  });

  test('a queue on Redis is refused', async () => {
    const env = { MAIL_QUEUE: 'bullmq' };
    expect(await queueIn({ env }, 'ls')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^MAIL_QUEUE is bullmq, and this command reads spools only/),
    });
    expect(await queueIn({ env }, 'ls', '--path', place.path)).toMatchObject({ code: 0 });
  });
});
