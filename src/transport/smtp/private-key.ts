import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Kind, NOT_SHOWN } from '../../reader/option.js';

export interface PrivateKey {
  readonly pem: string;
  readonly key: KeyObject;
}

/**
 * A report tells what a wrong key seems to be instead. It never shows the key, or the parser's message, which may quote
 * it.
 */
export const PRIVATE_KEY = new Kind('a private key in PEM form', parsePem, {
  secret: true,
  found: (value) => mistakeOf(value).found,
  fix: (value) => mistakeOf(value).fix,
});

function parsePem(pem: unknown): PrivateKey | undefined {
  try {
    return typeof pem === 'string' ? { pem, key: createPrivateKey(pem) } : undefined;
  } catch {
    return undefined;
  }
}

interface Mistake {
  readonly found: string;
  readonly fix: string;
}

function mistakeOf(value: unknown): Mistake {
  const text = typeof value === 'string' ? value.trim() : '';
  return MISTAKES.find(({ looks }) => looks.test(text)) ?? NO_PEM;
}

const NO_PEM: Mistake = {
  found: NOT_SHOWN,
  fix: 'Give the content of the file, not its path',
};

/** The first that fits wins. */
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
