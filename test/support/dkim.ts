import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERIFIER = join(__dirname, 'verify-dkim.py');
const execute = promisify(execFile);

/**
 * Whether the first DKIM signature of `message` (RFC 6376) holds under `record`, the TXT record of its
 * selector: `v=DKIM1; k=rsa; p=…`. Asks dkimpy, which shares no code with what signed; no DNS.
 *
 * @throws {Error} when the verifier could not run: `npm test` installs it (`scripts/ensure-tools.sh`).
 */
export async function verifyDkim(message: Buffer, record: string): Promise<boolean> {
  const verifying = execute(VERIFIER, [record]);
  // A verifier that ends before it has read everything is reported by its exit, not by the broken pipe.
  verifying.child.stdin?.on('error', () => undefined).end(message);
  const { stdout } = await verifying;
  return stdout.trim() === 'pass';
}
