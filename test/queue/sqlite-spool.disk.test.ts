import { execFile } from 'node:child_process';
import { mkdtemp, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import { claimDue, dueMail, settle } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

const run = promisify(execFile);
const MEGABYTE = 1024 ** 2;

/** A disk of 64 MB, where this process may mount one. */
async function mountDisk(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder]);
    return folder;
  } catch (error) {
    console.warn('No tmpfs can be mounted here: test/deliver/queue-full-disk.test.ts has a stand-in', error);
    await rmdir(folder);
    return undefined;
  }
}

const fill = async (folder: string, left = 0): Promise<void> => {
  const { bavail, bsize } = await statfs(folder);
  await writeFile(join(folder, 'filler'), Buffer.alloc(bavail * bsize - left)).catch(() => undefined);
};

/** Adds until the disk is full. */
async function flood(spool: SqliteSpool): Promise<{ readonly added: number; readonly error: unknown }> {
  for (let added = 0; ; added += 1) {
    try {
      await spool.add(dueMail({ html: 'x'.repeat(1_000_000) }));
    } catch (error) {
      return { added, error };
    }
  }
}

const FULL = {
  code: 'queue-full',
  retryable: true,
  outcome: 'not-sent',
  message: expect.stringMatching(/is on a disk that is full: nothing was written/),
};

describe('a full disk', () => {
  let disk: string | undefined;
  let place: SpoolFolder;
  beforeEach(async () => {
    disk = await mountDisk();
    place = await SpoolFolder.create(disk);
  });
  afterEach(async () => {
    await place.remove();
    if (disk === undefined) return;
    await run('umount', [disk]);
    await rmdir(disk);
  });

  test('refuses mails clearly, loses none, sends those it has, and has room again', async () => {
    if (disk === undefined) return;
    const spool = await place.open();
    const { added, error } = await flood(spool);
    expect(error).toMatchObject(FULL);
    expect(added).toBeGreaterThan(20);
    await fill(disk);
    let sent = 0;
    for (;;) {
      const claims = await claimDue(spool, 3);
      if (claims.length === 0) break;
      await Promise.all(claims.map(({ id }) => settle(spool, id, { state: 'sent' })));
      sent += claims.length;
    }
    expect(sent).toBe(added);
    await expect(spool.add(dueMail())).rejects.toMatchObject({ code: 'queue-full' });
    await rm(join(disk, 'filler'), { force: true });
    await spool.prune(new Date());
    await spool.add(dueMail());
    expect((await spool.stats()).states).toMatchObject({ sent: added, waiting: 1, corrupt: 0 });
  });

  test('a mail that is too large does not fail the others of its group', async () => {
    if (disk === undefined) return;
    const spool = await place.open();
    await spool.add(dueMail());
    await fill(disk, 4 * MEGABYTE);
    const large = [
      {
        content: Buffer.alloc(6 * MEGABYTE),
        contentType: 'a/b',
        disposition: 'attachment' as const,
        headers: {},
      },
    ];
    const results = await Promise.allSettled([
      spool.add(dueMail()),
      spool.add(dueMail({ attachments: large })),
      spool.add(dueMail()),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await claimDue(spool)).toHaveLength(3);
  });
});
