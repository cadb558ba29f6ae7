import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../src/message/message.js';
import { composed, type Loose, refusal } from '../compose/composing.js';

/** One row of the list of hostile inputs that is kept beside the repository. */
interface Row {
  readonly id: string;
  readonly where: string;
  readonly value?: unknown;
  readonly build?: readonly (readonly [string, number])[];
  readonly expect: string;
  readonly code?: string;
}

const list = join(__dirname, '..', '..', '..', 'shared', 'bad-inputs.json');
const all: readonly Row[] = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
const rows = all.filter(({ where }) => where.startsWith('mail.') && where !== 'mail.template');

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'roots-')));
  await writeFile(join(folder, 'inside.txt'), 'in');
  await symlink('/etc/passwd', join(folder, 'link-to-etc-passwd'));
});
afterAll(() => rm(folder, { recursive: true }));

function valueOf(row: Row): unknown {
  const value = row.build?.map(([part, times]) => part.repeat(times)).join('') ?? row.value;
  return typeof value === 'string' ? value.replace('<root>', folder) : value;
}

/** A good mail with the value put where the row says. */
function mailWith(where: string, value: unknown): Loose {
  const attachment = /^mail\.attachments\[0\]\.(\w+)$/.exec(where)?.[1];
  if (attachment === 'path' || attachment === 'href') return { attachments: [{ [attachment]: value }] };
  if (attachment !== undefined) return { attachments: [{ content: 'x', [attachment]: value }] };
  if (where === 'mail.envelope.from') return { envelope: { from: value } };
  return { [where.slice('mail.'.length)]: value };
}

async function holds(row: Row): Promise<void> {
  const value = valueOf(row);
  const composing = composed(mailWith(row.where, value), { attachmentRoots: [folder] });
  if (row.expect === 'refuse') {
    const error = await refusal(composing);
    expect(error.code).toBe(row.code);
    expect(error.message).not.toMatch(/[\u0000-\u001f\u007f\u2028\u2029\u202e]/);
    expect(error.message.length).toBeLessThan(1000);
    expect(error.at?.field).toContain(row.where.slice('mail.'.length).replace(/\..*/, ''));
  } else {
    const message = await composing;
    if (row.expect === 'literal') expect(literal(message)).toContain(value);
  }
}

const literal = ({ body }: Message): unknown[] => Object.values(body);

test('every hostile input is treated as its row says', async () => {
  const broken: string[] = [];
  for (const row of rows) {
    await holds(row).catch((error: unknown) => broken.push(`${row.id} ${row.where}: ${String(error)}`));
  }
  process.stdout.write(`bad inputs of a mail: ${rows.length - broken.length} of ${rows.length} rows held\n`);
  expect(broken).toEqual([]);
});
