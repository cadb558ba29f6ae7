import { runMany } from '../../../src/deliver/many/concurrent.js';
import { SendRun, type Sent } from '../../../src/deliver/many/run.js';
import { MailError } from '../../../src/errors/mail-error.js';
import type { Receipt } from '../../../src/message/receipt.js';

const receipt = (to: string): Receipt => ({
  messageId: `<${to}>`,
  transport: 'test',
  accepted: [to],
  rejected: [],
  durationMs: 0,
});

interface Gate {
  readonly open: (item: string) => void;
  readonly fail: (item: string, error: MailError) => void;
  readonly started: string[];
  readonly each: (item: string) => Promise<Sent>;
}

/** A send that answers when the test says so. */
function gate(): Gate {
  const waiting = new Map<string, { resolve: (sent: Sent) => void; reject: (e: MailError) => void }>();
  const started: string[] = [];
  return {
    started,
    each: (item) =>
      new Promise((resolve, reject) => {
        started.push(item);
        waiting.set(item, { resolve, reject });
      }),
    open: (item) => waiting.get(item)?.resolve({ receipt: receipt(item) }),
    fail: (item, error) => waiting.get(item)?.reject(error),
  };
}

/** Lets everything that can run without the test's help run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function counted(count: number): { source: Generator<string>; read: () => number; returned: () => boolean } {
  let read = 0;
  let returned = false;
  function* items(): Generator<string> {
    try {
      for (let i = 0; i < count; i += 1) {
        read += 1;
        yield `m${i}`;
      }
    } finally {
      returned = true;
    }
  }
  return { source: items(), read: () => read, returned: () => returned };
}

const immediate = (item: string): Promise<Sent> => Promise.resolve({ receipt: receipt(item) });

describe('runMany', () => {
  it('yields outcomes in the order in which mails finish, with their index in the source', async () => {
    const { each, open, started } = gate();
    const run = runMany({ source: ['a', 'b', 'c'], each, concurrency: 3, signal: undefined });
    const first = run.next();
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
    open('b');
    expect((await first).value).toMatchObject({ index: 1, receipt: { accepted: ['b'] } });
    open('c');
    open('a');
    expect((await run.next()).value).toMatchObject({ index: 2 });
    expect((await run.next()).value).toMatchObject({ index: 0 });
    expect((await run.next()).done).toBe(true);
  });

  it('reads only as many items as it has slots, and waits until outcomes are taken', async () => {
    const { source, read } = counted(100);
    const run = runMany({ source, each: immediate, concurrency: 4, signal: undefined });
    await run.next();
    await settle();
    await settle();
    expect(read()).toBeLessThanOrEqual(5);
    await run.return();
  });

  it('does not read before it is consumed', async () => {
    const { source, read } = counted(3);
    const run = new SendRun(() => runMany({ source, each: immediate, concurrency: 2, signal: undefined }));
    await settle();
    expect(read()).toBe(0);
    await run;
    expect(read()).toBe(3);
  });

  it('goes on after a mail that fails', async () => {
    const error = new MailError('message-invalid', 'no');
    const each = (item: string): Promise<Sent> => (item === 'bad' ? Promise.reject(error) : immediate(item));
    const run = new SendRun(() =>
      runMany({ source: ['a', 'bad', 'c'], each, concurrency: 1, signal: undefined }),
    );
    const { sent, failed } = await run;
    expect(sent.map(({ index }) => index)).toEqual([0, 2]);
    expect(failed).toEqual([{ index: 1, error }]);
  });

  it('stops reading on break, ends the source, and waits for the mails under way', async () => {
    const { source, read, returned } = counted(100);
    const { each, open, started } = gate();
    let left = false;
    const consumer = (async () => {
      for await (const outcome of runMany({ source, each, concurrency: 2, signal: undefined })) {
        expect(outcome.index).toBe(0);
        break;
      }
      left = true;
    })();
    await settle();
    open('m0');
    await settle();
    const readAtBreak = read();
    expect(returned()).toBe(true);
    expect(left).toBe(false);
    for (const item of started) open(item);
    await consumer;
    expect(read()).toBe(readAtBreak);
  });

  it('yields the outcomes of mails under way when the source throws, then throws', async () => {
    const { each, open } = gate();
    function* source(): Generator<string> {
      yield 'a';
      throw new Error('cursor lost');
    }
    const run = runMany({ source: source(), each, concurrency: 5, signal: undefined });
    const first = run.next();
    await settle();
    open('a');
    expect((await first).value).toMatchObject({ index: 0 });
    await expect(run.next()).rejects.toThrow('cursor lost');
  });

  it('ends with the outcomes of mails under way when its signal fires, and reads no further', async () => {
    const { each, fail } = gate();
    const { source, read, returned } = counted(100);
    const controller = new AbortController();
    const run = new SendRun(() => runMany({ source, each, concurrency: 2, signal: controller.signal }));
    const summary = Promise.resolve(run);
    await settle();
    controller.abort();
    for (const item of ['m0', 'm1']) fail(item, new MailError('aborted', 'stop'));
    const { sent, failed } = await summary;
    expect(sent).toEqual([]);
    expect(new Set(failed.map(({ index }) => index))).toEqual(new Set([0, 1]));
    expect(read()).toBe(2);
    expect(returned()).toBe(true);
  });

  it('is not held by a source that never answers once the signal fires', async () => {
    const controller = new AbortController();
    const source: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    const run = new SendRun(() =>
      runMany({ source, each: immediate, concurrency: 2, signal: controller.signal }),
    );
    const summary = Promise.resolve(run);
    await settle();
    controller.abort();
    expect(await summary).toEqual({ sent: [], failed: [] });
  });

  it('yields finished mails while a slow source is being read', async () => {
    const { each, open } = gate();
    async function* source(): AsyncGenerator<string> {
      yield 'a';
      await new Promise(() => undefined);
    }
    const run = runMany({ source: source(), each, concurrency: 2, signal: undefined });
    const first = run.next();
    await settle();
    open('a');
    expect((await first).value).toMatchObject({ index: 0 });
    await run.return();
  });

  it('lets the rest of the process run, even if sends do no I/O', async () => {
    const { source } = counted(1_000);
    let turns = 0;
    const tick = (): void => {
      turns += 1;
      next = setImmediate(tick);
    };
    let next = setImmediate(tick);
    await new SendRun(() => runMany({ source, each: immediate, concurrency: 10, signal: undefined }));
    clearImmediate(next);
    expect(turns).toBeGreaterThan(5);
  });

  it('is consumed once', async () => {
    const run = new SendRun(() =>
      runMany({ source: ['a'], each: immediate, concurrency: 1, signal: undefined }),
    );
    await run;
    expect(() => run[Symbol.asyncIterator]()).toThrow(MailError);
    expect((await run).sent).toHaveLength(1);
  });
});
