import { isAbsolute } from 'node:path';
import { isUint8Array } from 'node:util/types';
import { ConfigReport, show } from '../../errors/config-report.js';

const DAY = 24 * 60 * 60 * 1000;
const KEY_BYTES = 32;

export interface SpoolOptions {
  /** The database file, absolute. Its folder is made where there is none. On a local disk. */
  readonly path: string;
  /** Mails that may wait or be on their way at once; more are refused as `queue-full`. @default 1,000,000 */
  readonly maxBacklog?: number | undefined;
  /**
   * Milliseconds for which sent and cancelled mails are known, without their bodies; an idempotency key
   * holds as long. @default 7 days
   */
  readonly retention?: number | undefined;
  /** Milliseconds for which dead, expired and corrupt mails are kept, to be looked at and retried. @default 30 days */
  readonly failedRetention?: number | undefined;
  /**
   * 32 bytes: mails, their recipients, subjects and replies are encrypted in the file (AES-256-GCM). The
   * names of mailers and all times stay readable. A spool keeps the key it was first opened with.
   */
  readonly encryptionKey?: Uint8Array | undefined;
  /** Those there are: mails of any other wait unseen, which opening warns of. @default not known, no warning */
  readonly mailers?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export interface ResolvedSpoolOptions {
  readonly path: string;
  readonly maxBacklog: number;
  readonly retention: number;
  readonly failedRetention: number;
  readonly encryptionKey: Uint8Array | undefined;
  readonly mailers: readonly string[] | undefined;
  readonly clock: () => number;
}

/** @throws {MailError} `config`, one line for each option that is wrong */
export function resolveSpoolOptions(options: SpoolOptions): ResolvedSpoolOptions {
  const { maxBacklog = 1_000_000, retention = 7 * DAY, failedRetention = 30 * DAY } = options;
  const resolved = { ...options, maxBacklog, retention, failedRetention };
  const report = new ConfigReport();
  if (!isAbsolute(options.path)) {
    report.add({ where: 'path', expected: 'an absolute path', found: show(options.path) });
  }
  checkCount(report, 'maxBacklog', maxBacklog, 1);
  checkCount(report, 'retention', retention, 0);
  checkCount(report, 'failedRetention', failedRetention, 0);
  checkKey(report, options.encryptionKey);
  report.throwIfAny('The options of the mail spool are not right:');
  return { ...resolved, encryptionKey: options.encryptionKey, mailers: options.mailers };
}

function checkCount(report: ConfigReport, where: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  report.add({ where, expected: `a whole number from ${least}`, found: show(value) });
}

/** Says nothing of what it found but its size: it may be the key in another spelling. */
function checkKey(report: ConfigReport, key: unknown): void {
  if (key === undefined || (isUint8Array(key) && key.byteLength === KEY_BYTES)) return;
  const found = isUint8Array(key) ? `${key.byteLength} bytes` : `a value of type ${typeof key}`;
  report.add({ where: 'encryptionKey', expected: `${KEY_BYTES} bytes`, found });
}
