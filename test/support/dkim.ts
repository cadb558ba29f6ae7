import { execFile } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERIFIER = join(__dirname, 'verify-dkim.py');
const execute = promisify(execFile);

/** The TXT records of selectors, by selector: `v=DKIM1; k=rsa; p=…`. A single one answers for every selector. */
export type DkimRecords = string | Readonly<Record<string, string>>;

/**
 * Whether `message` has DKIM signatures (RFC 6376), and all of them hold. Asks dkimpy, which shares no code
 * with what signed; no DNS.
 *
 * @throws {Error} when the verifier could not run: `npm test` installs it (`scripts/ensure-tools.sh`).
 */
export async function verifyDkim(message: Buffer, records: DkimRecords): Promise<boolean> {
  const bySelector = typeof records === 'string' ? { '*': records } : records;
  const verifying = execute(VERIFIER, [JSON.stringify(bySelector)]);
  // A verifier that ends before it has read everything is reported by its exit, not by the broken pipe.
  verifying.child.stdin?.on('error', () => undefined).end(message);
  const { stdout } = await verifying;
  return stdout.trim() === 'pass';
}

/** The TXT record of a public key; for Ed25519 it holds the 32 octets alone (RFC 8463 §4). */
export function dkimRecord(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  const type = key.asymmetricKeyType === 'ed25519' ? 'ed25519' : 'rsa';
  return `v=DKIM1; k=${type}; p=${(type === 'rsa' ? der : der.subarray(-32)).toString('base64')}`;
}
