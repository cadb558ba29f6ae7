import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (name: string): string => readFileSync(join(__dirname, 'certificates', name), 'utf8');

/** See certificates/README.md. */
export const CA = read('ca.pem');
export const SERVER_CERTIFICATE = { key: read('server.key'), cert: read('server.pem') };
