import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { OptionFields } from '../option-fields.js';

export interface PrivateKey {
  readonly pem: string;
  readonly key: KeyObject;
}

/** A private key in PEM form; reported otherwise, with what it seems to be instead. The key is never shown. */
export function readPrivateKey(fields: OptionFields, name: string): PrivateKey | undefined {
  const pem = fields.get(name);
  try {
    if (typeof pem === 'string') return { pem, key: createPrivateKey(pem) };
  } catch {
    // reported below: the parser's own words may quote the key
  }
  const { found, fix } = mistakeOf(typeof pem === 'string' ? pem.trim() : '');
  return fields.refuse(name, 'a private key in PEM form', pem === undefined ? 'nothing' : found, fix);
}

interface Mistake {
  readonly found: string;
  readonly fix: string;
}

function mistakeOf(text: string): Mistake {
  return MISTAKES.find(({ looks }) => looks.test(text)) ?? NO_PEM;
}

const NO_PEM: Mistake = {
  found: 'something else (not shown)',
  fix: 'Give the content of the file, not its path',
};

/** Read from the top: the first that fits. */
const MISTAKES: ReadonlyArray<Mistake & { readonly looks: RegExp }> = [
  {
    looks: /^\{/,
    found: 'JSON (not shown)',
    fix: 'Give the `private_key` of the key file alone: `JSON.parse(file).private_key`',
  },
  {
    looks: /\\n/,
    found: 'a key with `\\n` written out where its lines end (not shown)',
    fix: "Environment variables often hold keys so: write `key.replaceAll('\\\\n', '\\n')`",
  },
  {
    looks: /^["']/,
    found: 'a key in quotation marks (not shown)',
    fix: 'Remove the quotation marks around it',
  },
  {
    looks: /-BEGIN (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-/,
    found: 'a certificate or a public key',
    fix: 'Give the private key that belongs to it',
  },
  {
    looks: /-BEGIN OPENSSH PRIVATE KEY-/,
    found: "a key in OpenSSH's own form (not shown)",
    fix: 'Convert a copy of it: `ssh-keygen -p -m PKCS8 -f key.pem`',
  },
  {
    looks: /ENCRYPTED/,
    found: 'a key that a passphrase protects (not shown)',
    fix: 'Decrypt it first: `openssl pkcs8 -in key.pem -out plain.pem`',
  },
  {
    looks: /^-----BEGIN [A-Z ]*PRIVATE KEY-----(?!\r?\n)/,
    found: 'a key whose line breaks are lost (not shown)',
    fix: 'Give it with the line breaks of the file',
  },
  {
    looks: /^-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    found: 'a key that cannot be read (not shown)',
    fix: 'It may have been cut off or altered: give the whole content of the file',
  },
];
