import { claimDue, dueMail, settle } from '../queue/spool-mails.js';
import { SpoolFolder } from '../queue/spool-under-test.js';
import { cleanup, folder } from '../support/application.js';
import { withProgress } from '../../src/cli/progress.js';
import { type CommandResult, RunningCli } from './run-cli.js';

// Real work gives the timer now and then a turn: it is turned by hand here.
const REAL_TIMERS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setTimeout',
] as const;
beforeEach(() => void jest.useFakeTimers({ doNotFake: [...REAL_TIMERS, 'clearImmediate', 'clearTimeout'] }));
afterEach(async () => {
  jest.useRealTimers();
  await cleanup();
});

/** A clock on which every look is so much later than the one before. */
function clockWithSteps(ms: number): () => Date {
  let at = Date.parse('2026-03-09T12:00:00Z');
  return () => new Date((at += ms));
}

/** The progress lines of a command on a terminal, in the order in which they were rewritten. */
async function watched(
  cwd: string,
  stepMs: number,
  ...args: string[]
): Promise<CommandResult & { readonly rewritten: readonly string[] }> {
  const rewritten: string[] = [];
  const result = await new RunningCli(cwd, args, { rewritten, now: clockWithSteps(stepMs) }).end;
  return { ...result, rewritten };
}

const PAGE = '---\nsubject: Hello\nsample: { name: Ada }\n---\n<p>Hello {{name}}</p>\n';
const project = () =>
  folder(Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`templates/${name}.hbs`, PAGE])));

test('check shows its progress after two seconds, and removes the line', async () => {
  const { rewritten, out } = await watched(await project(), 1_500, 'check', '--json');

  expect(rewritten.slice(0, -1)).toEqual([
    'Checking templates 1 of 4, 3 s',
    'Checking templates 2 of 4, 4 s',
    'Checking templates 3 of 4, 6 s',
    'Checking templates 4 of 4, 7 s',
  ]);
  expect(rewritten.at(-1)).toBe('');
  expect(JSON.parse(out)).toMatchObject({ templates: expect.any(Array) });
});

test('quick work shows nothing', async () => {
  const { rewritten } = await watched(await project(), 1, 'check');
  expect(rewritten).toEqual([]);
});

test('a line is not rewritten more often than a person can read', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `templates/page${index}.hbs`);
  const cwd = await folder(Object.fromEntries(names.map((name) => [name, PAGE])));

  const { rewritten } = await watched(cwd, 150, 'check');

  // From 2.1 s on every other look: 15 or 16 looks are left then.
  expect(rewritten.length).toBeGreaterThan(4);
  expect(rewritten.length).toBeLessThan(11);
});

test('a pipe sees nothing of it', async () => {
  const cwd = await project();
  const { err } = await new RunningCli(cwd, ['check', '--json'], { now: clockWithSteps(1_500) }).end;
  expect(err).toBe('');
});

test('work that waits shows progress without a step', async () => {
  const rewritten: string[] = [];
  const terminal = { rewriteLine: (text: string) => rewritten.push(text), now: clockWithSteps(900) };
  let finish = (): void => {};
  const work = withProgress(terminal, 'Waiting', () => new Promise<void>((resolve) => (finish = resolve)));

  jest.advanceTimersByTime(800);
  finish();
  await work;

  expect(rewritten).toEqual(['Waiting, 2 s', 'Waiting, 3 s', '']);
});

test('queue retry counts the mails it was given', async () => {
  const place = await SpoolFolder.create();
  try {
    const spool = await place.open();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push((await spool.add(dueMail())).id);
    await claimDue(spool, 3);
    for (const id of ids) await settle(spool, id, { state: 'dead', attempt: { ...ATTEMPT } });

    const { rewritten, code } = await watched(
      place.folder,
      1_200,
      'queue',
      'retry',
      ...ids,
      '--path',
      place.path,
    );

    expect(code).toBe(0);
    expect(rewritten.findLast((line) => / of 3, /.test(line))).toMatch(/^Making mails due 3 of 3, \d+ s$/);
    expect(rewritten.at(-1)).toBe('');
  } finally {
    await place.remove();
  }
});

const ATTEMPT = {
  startedAt: new Date('2026-03-09T10:00:00Z'),
  durationMs: 120,
  accepted: [],
  rejected: [],
} as const;
