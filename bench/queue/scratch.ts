import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder on a disk for one spool, to be removed after use. */
export interface Scratch {
  readonly spool: string;
  readonly remove: () => Promise<void>;
}

export async function scratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  return { spool: join(folder, 'spool.db'), remove: () => rm(folder, { recursive: true }) };
}
