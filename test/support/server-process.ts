import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Where servers of tests have their files: in memory where that can be, no test is about the speed of a disk. */
export const SERVER_FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Everything a process says on its error output, from now on. */
export function textOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** Resolves once it has said these words there; rejects when it ends before. */
export async function hasSaid(child: ChildProcess, words: string): Promise<void> {
  const said = textOf(child);
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', () => {
      if (said().includes(words)) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`A server has ended: ${said()}`)));
  });
}
