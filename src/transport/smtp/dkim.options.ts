import type { KeyObject } from 'node:crypto';
import { show } from '../../errors/show.js';
import { domainFault } from '../../message/address/domain.js';
import { type At, type Reader, required } from '../../reader/option.js';
import { complete, Group, made } from '../../reader/group.js';
import { line, list } from '../../reader/kinds.js';
import { PRIVATE_KEY } from './private-key.js';
import type { DkimOptions } from './smtp.options.js';

const DOMAIN = line('the signing domain', (domain) => domainFault(domain) === undefined, {
  found: (value) => {
    const fault = typeof value === 'string' ? domainFault(value) : undefined;
    return fault === undefined ? show(value) : `${show(value)}, ${fault}`;
  },
});

const SELECTOR = line('the selector of the key', (text) => /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i.test(text));

const SIGNING_KEY: Reader<string> = {
  expected: PRIVATE_KEY.expected,
  read(value: unknown, at: At): string | undefined {
    const { key, pem } = PRIVATE_KEY.read(value, at) ?? {};
    const fault = key && keyFault(key);
    if (fault === undefined) return pem;
    return at.refuse(
      `an RSA key of at least ${MIN_RSA} bits, or an Ed25519 key`,
      fault,
      'Make one with `openssl genrsa -out dkim.pem 2048` and publish its public key',
    );
  },
};

/** RFC 8301 §3.2. */
const MIN_RSA = 1024;

/** Returns why DKIM cannot use a key. It allows RSA of a minimum length (RFC 8301) and Ed25519 (RFC 8463). */
function keyFault({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject): string | undefined {
  if (type === 'ed25519') return undefined;
  if (type !== 'rsa') return `a key of the type ${type}, with which DKIM cannot sign`;
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < MIN_RSA ? `an RSA key of ${bits} bits` : undefined;
}

const DKIM = new Group(
  {
    domainName: required(DOMAIN, 'the domain that signs'),
    keySelector: required(SELECTOR, 'under which its public key is found'),
    privateKey: required(SIGNING_KEY, 'RSA or Ed25519, in PEM form'),
  },
  {
    moved: { domain: 'Write `domainName`', selector: 'Write `keySelector`' },
    emptyIsUnset: true,
  },
);

const KEY: Reader<DkimOptions> = made(DKIM, complete);
const KEYS = list(KEY);

/** One or several signing keys; each signs every mail. */
export const DKIM_KEYS: Reader<readonly DkimOptions[]> = {
  expected: DKIM.expected,
  read(value: unknown, at: At): readonly DkimOptions[] | undefined {
    if (Array.isArray(value)) return KEYS.read(value, at);
    const key = KEY.read(value, at);
    return key && [key];
  },
};
