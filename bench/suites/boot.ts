import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MailModule } from '../../src/mail.module.js';
import { bootApp } from '../app.js';
import { templates } from '../receipt.js';
import type { Suite } from '../rounds.js';
import type { Task, Work } from '../task.js';

const COUNTS = [0, 1, 50, 500] as const;

/** A folder with copies of the receipt without its text template: the text is derived from the html. */
async function folderOf(count: number): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-'));
  await cp(templates('mailroom'), dir, {
    recursive: true,
    filter: (path) => !/receipt(\.text)?\.hbs$/.test(path),
  });
  const receipt = await readFile(templates('mailroom', 'receipt.hbs'), 'utf8');
  for (let index = 0; index < count; index++) await writeFile(join(dir, `receipt-${index}.hbs`), receipt);
  return dir;
}

/** An application with nothing but the mail module, all of its templates proven and compiled. */
async function booting(count: number, { port }: Task): Promise<Work> {
  const dir = await folderOf(count);
  const closing: Array<() => Promise<void>> = [];
  return {
    async run(times) {
      for (let index = 0; index < times; index++) {
        const app = await bootApp([
          MailModule.forRoot({
            from: 'a@example.test',
            transport: { host: '127.0.0.1', port },
            templates: { dir },
            verify: 'off',
            queue: { driver: 'off' },
          }),
        ]);
        closing.push(() => app.close());
      }
      return times;
    },
    async close() {
      for (const close of closing) await close();
      await rm(dir, { recursive: true });
    },
  };
}

export const boot: Suite = {
  title: 'Boot: an application with so many templates, all proven and compiled',
  candidates: new Map(COUNTS.map((count) => [`${count} templates`, (task: Task) => booting(count, task)])),
  against: new Map(),
  batch: () => 1,
  cold: true,
};
