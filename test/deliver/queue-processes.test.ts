import { join } from 'node:path';
import { afterCleanup, cleanup, folder } from '../support/application.js';
import { until } from '../support/example-process.js';
import { at, queueing, server } from '../support/queueing.js';
import { QueueProcess } from '../support/queue-process.js';
import { SILENCE } from '../support/scripted-server.js';
import { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';

afterEach(cleanup);

const spoolPath = async (): Promise<string> => join(await folder(), 'spool.db');

/** The spool, looked at from here. */
async function look(path: string): Promise<SqliteSpool> {
  const spool = new SqliteSpool({ path, clock: Date.now });
  afterCleanup(() => spool.close());
  await spool.open();
  return spool;
}

const recipientOf = (body: string): string => /^To: (.*?)@/m.exec(body)?.[1] ?? '';
const numberOf = (line: string): number => Number(/user(\d+)@/.exec(line)?.[1] ?? NaN);

test('SIGTERM with sends in flight: each mail is sent, or waits with no attempt counted, or may have been sent', async () => {
  const [count, answered] = [20, 9];
  let last = '';
  // Nine are accepted. The tenth is taken and never answered, and the others do not get so far.
  const smtp = await server((line) => {
    if (line.startsWith('RCPT')) last = line;
    if (line.startsWith('RCPT') && numberOf(line) > answered) return SILENCE;
    return line === 'END' && numberOf(smtp.bodies.at(-1) ?? '') === answered ? SILENCE : undefined;
  });
  const path = await spoolPath();
  const child = new QueueProcess({ path, port: smtp.port, count }, { stays: true, shutdownTimeout: 200 });
  await until(() => smtp.bodies.length === answered + 1 && numberOf(last) > answered);
  child.terminate();
  expect(await child.exit).toEqual([null, 'SIGTERM']);
  const entries = await (await look(path)).list({}, 100);
  const states = entries
    .toReversed()
    .map(
      ({ state, attempts: [attempt] }) =>
        `${state} ${attempt?.error?.code ?? attempt?.accepted.length ?? '-'}`,
    );
  expect(states).toEqual([
    ...Array<string>(answered).fill('sent 1'),
    'waiting ambiguous',
    ...Array<string>(count - answered - 1).fill('waiting -'),
  ]);
});

test('a mail that crashes its process is set aside after three times, and takes no other mail along', async () => {
  const [path, count] = [await spoolPath(), 12];
  const deadly = 'Mail 3';
  const sent: string[] = [];
  // Each begins when the leases of the one before are over.
  for (const crash of [0, 1, 2]) {
    const child = new QueueProcess(
      { path, port: 1, count: crash === 0 ? count : 0 },
      { deadly, later: crash * 20_000, stays: true },
    );
    expect(await child.exit).toEqual([null, 'SIGKILL']);
    sent.push(...child.lines);
  }
  const survivor = new QueueProcess({ path, port: 1, count: 0 }, { deadly, later: 60_000, stays: true });
  const spool = await look(path);
  await until(async () => (await spool.stats()).states.sent === count - 1);
  await until(async () => (await spool.stats()).states.dead === 1);
  const [dead] = await spool.list({ state: 'dead' }, 9);
  expect(dead).toMatchObject({ subject: deadly, attempts: [{ error: { code: 'ambiguous' } }] });
  expect([...sent, ...survivor.lines]).not.toContain(`sent ${deadly}`);
}, 60_000);

test('two processes on one spool: both deliver, and each mail is sent once', async () => {
  const count = 400;
  const names = new Map<number, string>();
  const sentBy = new Set<string | undefined>();
  let arrived = 0;
  const smtp = await server((line, connection) => {
    const name = /^EHLO (.*)$/.exec(line)?.[1];
    if (name !== undefined) names.set(connection, name);
    const own = names.get(connection);
    if (line === 'END') {
      sentBy.add(own);
      arrived += 1;
    }
    // Who is fast leaves half of them to the other.
    const isGreedy = arrived >= count / 2 && sentBy.size < 2 && sentBy.has(own);
    return isGreedy && line.startsWith('MAIL') ? '421 4.3.2 let the other one' : undefined;
  });
  const path = await spoolPath();
  const { mail: service } = await queueing(at(smtp.port), { path, deliver: false });
  await service.queueMany(
    Array.from({ length: count }, (_, n) => ({ to: `user${n}@example.test`, subject: 'x', text: 'y' })),
  );
  const children = ['one.test', 'two.test'].map(
    (name) => new QueueProcess({ path, port: smtp.port, count: 0 }, { name, stays: true }),
  );
  const spool = await look(path);
  await until(async () => (await spool.stats()).states.sent === count);
  for (const child of children) child.terminate();
  await Promise.all(children.map(({ exit }) => exit));
  expect(sentBy).toEqual(new Set(['one.test', 'two.test']));
  expect(smtp.bodies).toHaveLength(count);
  expect(new Set(smtp.bodies.map(recipientOf)).size).toBe(count);
});
