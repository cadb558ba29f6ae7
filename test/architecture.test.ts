import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const src = join(__dirname, '..', 'src');

/** Rank of each room: an import may point to a lower rank or stay inside its own room. */
const RANKS: Record<string, number> = {
  words: 0,
  message: 1,
  mime: 2,
  compose: 3,
  render: 3,
  transport: 3,
  queue: 3,
  deliver: 4,
  options: 5,
  service: 6,
  module: 7,
  entry: 8,
};
const FILES: Record<string, string> = {
  'mail.closest.ts': 'words',
  'mail.errors.ts': 'words',
  'mail.tokens.ts': 'words',
  'mail.report.ts': 'words',
  'mail.closest.ts': 'words',
  'mail.options.ts': 'options',
  'mail.config.ts': 'options',
  'mail.events.ts': 'deliver',
  'mail.service.ts': 'service',
  'mail.module.ts': 'module',
  'index.ts': 'entry',
};
const ENTRIES = new Set(['bullmq', 'inbox', 'terminus', 'testing', 'cli', 'transports']);

function room(file: string): string {
  const [first = ''] = relative(src, file).split('/');
  return FILES[first] ?? (ENTRIES.has(first) ? `entry:${first}` : first);
}
const rank = (name: string): number | undefined => RANKS[name.split(':')[0] ?? ''];

const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));

test.each(sources)('%s imports downwards only', (file) => {
  const path = join(src, file);
  const own = room(path);
  expect(rank(own)).toBeDefined();
  for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)\.js'/g)) {
    const other = room(join(path, '..', `${target}.ts`));
    if (other !== own) expect([file, other, rank(other)! < rank(own)!]).toEqual([file, other, true]);
  }
});
