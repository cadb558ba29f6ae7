import { isAbsolute } from 'node:path';
import { isUint8Array } from 'node:util/types';
import { ConfigReport } from '../../errors/config-report.js';
import { At, optional, required } from '../../reader/option.js';
import { Group, type Settings } from '../../reader/group.js';
import { is, TEXTS } from '../../reader/kinds.js';
import { STORE } from '../store.options.js';

export interface SpoolOptions {
  /** Absolute path of the database file, on a local disk. Its folder is created if it does not exist. */
  readonly path: string;
  /** Most mails that may wait or be under way; further ones are refused as `queue-full`. @default 1,000,000 */
  readonly maxBacklog?: number | undefined;
  /**
   * Milliseconds for which sent and cancelled mails are kept, without bodies, with their idempotency keys.
   * @default 7 days
   */
  readonly retention?: number | undefined;
  /** Milliseconds for which dead, expired and corrupt mails are kept for inspection and retries. @default 30 days */
  readonly failedRetention?: number | undefined;
  /**
   * 32 bytes: mails, their recipients, subjects and replies are encrypted in the file (AES-256-GCM). The
   * names of mailers and all times stay readable. A spool keeps the key it was first opened with.
   */
  readonly encryptionKey?: Uint8Array | undefined;
  /** The configured mailers. Opening warns about mails of any other: nothing will send them. @default no warning */
  readonly mailers?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** A fault tells only the size of a key: the rest may be the right key in another spelling. */
const KEY = is('32 bytes', (value): value is Uint8Array => isUint8Array(value) && value.byteLength === 32, {
  found: (value) => (isUint8Array(value) ? `${value.byteLength} bytes` : `a value of type ${typeof value}`),
});

export const SPOOL = new Group({
  path: required(is('an absolute path', isAbsolutePath), 'the database file'),
  ...STORE,
  encryptionKey: optional(KEY, 'encrypts mails'),
  mailers: optional(TEXTS, 'the configured mailers'),
  clock: required(is('a function', isClock), 'milliseconds since 1970'),
});

type SpoolSettings = Settings<typeof SPOOL>;
export type ResolvedSpoolOptions = SpoolSettings & Required<Pick<SpoolOptions, 'path' | 'clock'>>;

function isAbsolutePath(value: unknown): value is string {
  return typeof value === 'string' && isAbsolute(value);
}

function isClock(value: unknown): value is () => number {
  return typeof value === 'function';
}

/** @throws {MailError} `config`, one line for each option that is wrong */
export function resolveSpoolOptions(options: SpoolOptions): ResolvedSpoolOptions {
  const report = new ConfigReport();
  const settings = SPOOL.settings(options, new At('', report));
  report.throwIfAny('The options of the mail spool are not right:');
  return { ...settings, path: options.path, clock: options.clock };
}
