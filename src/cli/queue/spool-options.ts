import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigReport } from '../../errors/config-report.js';
import { codeOf, MailError, messageOf } from '../../errors/mail-error.js';
import { DEFAULT_SPOOL_PATH } from '../../options/queue.js';
import { type Environment, readVariables } from '../../options/variables.js';
import { encryptionKeyFrom } from '../../queue/record/record-cipher.js';
import { SqliteSpool } from '../../queue/spool/sqlite-spool.js';
import { textOf } from '../json-file.js';
import { pathIn } from '../path-in.js';
import type { Terminal } from '../terminal.js';

/** Options of `parseArgs` for every action. */
export const SPOOL_OPTIONS = {
  path: { type: 'string' },
  'key-file': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

interface SpoolFlags {
  readonly path?: string | undefined;
  readonly 'key-file'?: string | undefined;
}

/**
 * Opens the spool of the application in this folder for as long as `work` takes. Never creates one.
 * @throws {MailError} `config` for settings that make no sense; `transport-unavailable` when there is no spool
 */
export async function withSpool<T>(
  flags: SpoolFlags,
  terminal: Terminal,
  work: (spool: SqliteSpool) => Promise<T>,
): Promise<T> {
  const environment = await environmentOf(terminal);
  const variables = variablesIn(environment);
  if (flags.path === undefined) refuseBullmq(environment);
  const path = pathIn(terminal.cwd, '--path', flags.path ?? variables.path ?? DEFAULT_SPOOL_PATH, 'file');
  const encryptionKey = await keyOf(flags['key-file'], variables.key, terminal.cwd);
  if (!(await isSpool(path))) throw noSpool(path);
  const spool = new SqliteSpool({ path, encryptionKey, clock: () => terminal.now().getTime() });
  spool.onRescued((message) => terminal.err(`${message}\n`));
  await spool.open();
  try {
    for (const warning of spool.warnings) terminal.err(`${warning}\n`);
    return await work(spool);
  } finally {
    await spool.close();
  }
}

/** Follows `ConfigModule` of `@nestjs/config`: the environment wins over `.env`. */
async function environmentOf({ cwd, env }: Terminal): Promise<Environment> {
  return { ...parseEnv((await textOf(join(cwd, '.env'))) ?? ''), ...env };
}

/** Reads only the variables of the spool: this command ignores faults of others. */
function variablesIn({ MAIL_SPOOL_PATH, MAIL_SPOOL_KEY }: Environment) {
  const report = new ConfigReport();
  const values = readVariables({ MAIL_SPOOL_PATH, MAIL_SPOOL_KEY }, report);
  report.throwIfAny('The mail spool cannot be found:');
  return { path: textIn(values.get('MAIL_SPOOL_PATH')), key: textIn(values.get('MAIL_SPOOL_KEY')) };
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function refuseBullmq({ MAIL_QUEUE: driver }: Environment): void {
  if (typeof driver !== 'string' || driver.trim().toLowerCase() !== 'bullmq') return;
  throw new MailError(
    'config',
    'MAIL_QUEUE is bullmq, and this command reads spools only. Use MailQueueService in the application, or name a spool with --path.',
  );
}

async function keyOf(
  file: string | undefined,
  variable: string | undefined,
  cwd: string,
): Promise<Buffer | undefined> {
  if (file === undefined) return variable === undefined ? undefined : encryptionKeyFrom(variable);
  const path = pathIn(cwd, '--key-file', file, 'file');
  const text = await textOf(path);
  const key = text === undefined ? undefined : encryptionKeyFrom(text.trim());
  if (key) return key;
  const found = text === undefined ? 'no such file' : 'something else (not shown)';
  throw new MailError(
    'config',
    `--key-file: expected ${path} to hold 32 bytes in base64 or hex, got ${found}`,
  );
}

/** An empty file is no spool: SQLite would create a new database in it. */
async function isSpool(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw new MailError('config', `The mail spool ${path} cannot be opened: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

function noSpool(path: string): MailError {
  return new MailError(
    'transport-unavailable',
    `There is no mail spool at ${path}: nothing was ever queued there. Run this in the application's folder, or name the file with --path or MAIL_SPOOL_PATH.`,
  );
}
