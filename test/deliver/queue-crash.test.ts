import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterCleanup, cleanup, folder } from '../support/application.js';
import { startScriptedServer, type ScriptedServer } from '../support/scripted-server.js';
import { COMPILED } from '../support/spool-thread.js';

const SCRIPT = join(__dirname, 'queue-process.mjs');
const MAILS = 2_000;
const CONCURRENCY = 10;
/** After so many mails have arrived, in sum. */
const KILLS = [150, 420, 700, 1_100, 1_500];

afterEach(cleanup);

/** An application on the spool; it queues `count` mails first. */
function start(path: string, port: number, count: number): ChildProcess {
  const child = spawn(process.execPath, [SCRIPT, COMPILED, path, String(port), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterCleanup(async () => {
    child.kill('SIGKILL');
    await Promise.resolve();
  });
  return child;
}

/** Resolves when the process prints the word. */
function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      if (String(chunk).includes(word)) resolve();
    });
    child.once('close', () => reject(new Error(`the process ended without saying ${word}`)));
  });
}

const messageIds = ({ bodies }: ScriptedServer): readonly string[] =>
  bodies.map((body) => /^Message-ID: (.*)$/m.exec(body)?.[1] ?? '');

test('kill -9 at any moment loses no mail, and repeats no more than were being sent', async () => {
  let arrived = 0;
  let awaited = Number.POSITIVE_INFINITY;
  let reached: () => void = () => undefined;
  const smtp = await startScriptedServer((line) => {
    if (line.startsWith('END') && ++arrived >= awaited) reached();
    return undefined;
  });
  afterCleanup(smtp.close);
  const path = join(await folder(), 'spool.db');
  let child = start(path, smtp.port, MAILS);
  await said(child, 'queued');
  let drained = Promise.resolve();
  for (const count of KILLS) {
    if (arrived < count) {
      const coming = new Promise<void>((resolve) => {
        reached = resolve;
      });
      awaited = count;
      await coming;
    }
    child.kill('SIGKILL');
    await once(child, 'close');
    child = start(path, smtp.port, 0);
    drained = said(child, 'drained');
    drained.catch(() => undefined);
    await said(child, 'queued');
  }
  await drained;
  const ids = messageIds(smtp);
  const duplicates = ids.length - new Set(ids).size;
  console.info(
    `${MAILS} mails, ${KILLS.length} kills, ${MAILS - new Set(ids).size} lost, ${duplicates} duplicates, bound ${KILLS.length * CONCURRENCY}`,
  );
  expect(new Set(ids).size).toBe(MAILS);
  expect(duplicates).toBeLessThanOrEqual(KILLS.length * CONCURRENCY);
}, 180_000);
