import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { hasSaid, isRoot, SERVER_FOLDERS } from './server-process.js';

/** Without tables of users and their rights, which take longer to make than all tests. */
const SETTINGS = [
  '--no-defaults',
  '--skip-networking',
  '--skip-grant-tables',
  '--innodb-flush-log-at-trx-commit=0',
  '--max-allowed-packet=64M',
  ...(isRoot() ? ['--user=root'] : []),
];
/** Debian keeps it out of the PATH of those who are not root. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`;

/** MariaDB itself, on a socket in a folder of its own. */
export class MariadbServer {
  private constructor(
    private readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  /** How `mysql2` gets there. */
  get connection() {
    return { socketPath: join(this.folder, 'socket'), user: 'root', database: 'app' } as const;
  }

  static async create(): Promise<MariadbServer> {
    const folder = await mkdtemp(join(SERVER_FOLDERS, 'mariadb-'));
    const data = join(folder, 'data');
    await mkdir(data);
    const places = [`--datadir=${data}`, `--socket=${join(folder, 'socket')}`];
    const child = spawn('mariadbd', [...SETTINGS, ...places], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH },
    });
    await hasSaid(child, 'ready for connections');
    const server = new MariadbServer(folder, child);
    const connection = await createConnection({ ...server.connection, database: 'information_schema' });
    await connection.query('CREATE DATABASE app');
    await connection.end();
    return server;
  }

  async remove(): Promise<void> {
    this.process.kill('SIGKILL');
    await once(this.process, 'close');
    await rm(this.folder, { recursive: true, force: true });
  }
}
