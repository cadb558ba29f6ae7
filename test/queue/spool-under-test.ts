import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import type { SpoolOptions } from '../../src/queue/spool/spool.options.js';

/** In memory where there is such a place: what these tests are about is not the speed of a disk. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder with a spool in it, and what opens further spools on the same file. */
export class SpoolFolder {
  readonly path: string;
  readonly #spools: SqliteSpool[] = [];

  private constructor(readonly folder: string) {
    this.path = join(folder, 'mail', 'spool.db');
  }

  static async create(parent = PARENT): Promise<SpoolFolder> {
    return new SpoolFolder(await mkdtemp(join(parent, 'spool-')));
  }

  async open(options: Partial<SpoolOptions> = {}): Promise<SqliteSpool> {
    const spool = this.make(options);
    await spool.open();
    return spool;
  }

  /** Not open yet. */
  make(options: Partial<SpoolOptions> = {}): SqliteSpool {
    const spool = new SqliteSpool({ path: this.path, clock: Date.now, ...options });
    this.#spools.push(spool);
    return spool;
  }

  /** Closes what was opened and removes the folder. */
  async remove(): Promise<void> {
    for (const spool of this.#spools) await spool.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
