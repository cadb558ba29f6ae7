import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSaid, isRoot, SERVER_FOLDERS, textOf } from './server-process.js';

const DEBIAN = '/usr/lib/postgresql';
/** No network, no waiting for disks. */
const SETTINGS = ['listen_addresses=', 'fsync=off', 'max_connections=40'].flatMap((setting) => [
  '-c',
  setting,
]);

/** PostgreSQL itself, on a socket in a folder of its own. It refuses to run as root, so it is `postgres` then. */
export class PostgresServer {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly binaries: string,
  ) {}

  /** How `pg` gets there. */
  get connection() {
    return { host: this.folder, user: 'postgres', database: 'postgres' } as const;
  }

  static async create(): Promise<PostgresServer> {
    const server = new PostgresServer(await mkdtemp(join(SERVER_FOLDERS, 'postgres-')), binaries());
    if (isRoot()) await chown(server.folder, idOf('-u'), idOf('-g'));
    await ended(
      server.#spawn('initdb', ['--no-sync', '--no-locale', '-A', 'trust', '-U', 'postgres', '-E', 'UTF8']),
    );
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    this.#process = this.#spawn('postgres', ['-k', this.folder, ...SETTINGS]);
    await hasSaid(this.#process, 'ready to accept connections');
  }

  /** As a machine that loses power, seen by its clients. */
  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running) return;
    running.kill('SIGQUIT');
    await once(running, 'close');
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const command = [join(this.binaries, program), '-D', join(this.folder, 'data'), ...args];
    const [first = '', ...rest] = isRoot() ? [...AS_POSTGRES, ...command] : command;
    return spawn(first, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd: this.folder });
  }
}

const AS_POSTGRES = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'];

const idOf = (flag: '-u' | '-g'): number =>
  Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));

/** Debian keeps them out of the PATH. */
function binaries(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined) throw new Error('There is no PostgreSQL: run scripts/ensure-tools.sh');
  return found;
}

async function ended(child: ChildProcess): Promise<void> {
  const said = textOf(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(said());
}
