import type { KeyObject } from 'node:crypto';
import { show } from '../../errors/config-report.js';
import { domainFault } from '../../message/address/domain.js';
import { OptionFields } from '../option-fields.js';
import { readPrivateKey } from './private-key.js';
import type { DkimOptions } from './smtp.options.js';

/** Signing keys; each signs every mail. */
export function readDkim(fields: OptionFields): DkimOptions[] {
  const given = fields.get('dkim');
  if (!Array.isArray(given)) return readDkimKey(fields.group('dkim'));
  const keys = new OptionFields(Object.fromEntries(given.entries()), fields.report, fields.where('dkim'));
  return given.flatMap((_, index) => readDkimKey(keys.group(String(index))));
}

function readDkimKey(key: OptionFields | undefined): DkimOptions[] {
  if (!key) return [];
  key.refuseUnknown(['domainName', 'keySelector', 'privateKey'], {
    domain: 'Write `domainName`',
    selector: 'Write `keySelector`',
  });
  const domainName = readDomain(key);
  const keySelector = key.required('keySelector', {
    expected: 'the selector of the key',
    pattern: /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i,
  });
  const privateKey = readSigningKey(key);
  if (domainName === undefined || keySelector === undefined || privateKey === undefined) return [];
  return [{ domainName, keySelector, privateKey }];
}

function readDomain(key: OptionFields): string | undefined {
  const expected = 'the signing domain';
  const domain = key.required('domainName', { expected });
  const fault = domain === undefined ? undefined : domainFault(domain);
  return fault === undefined ? domain : key.refuse('domainName', expected, `${show(domain)}, ${fault}`);
}

function readSigningKey(fields: OptionFields): string | undefined {
  const read = readPrivateKey(fields, 'privateKey');
  if (!read) return undefined;
  const fault = keyFault(read.key);
  if (fault === undefined) return read.pem;
  const advice = 'Make one with `openssl genrsa -out dkim.pem 2048` and publish its public key';
  return fields.refuse(
    'privateKey',
    `an RSA key of at least ${MIN_RSA} bits, or an Ed25519 key`,
    fault,
    advice,
  );
}

/** RFC 8301 §3.2. */
const MIN_RSA = 1024;

/** Why DKIM cannot use a key: RFC 8301 knows RSA of a least length, RFC 8463 Ed25519, and nothing else is defined. */
function keyFault({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject): string | undefined {
  if (type === 'ed25519') return undefined;
  if (type !== 'rsa') return `a key of the type ${type}, with which DKIM cannot sign`;
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < MIN_RSA ? `an RSA key of ${bits} bits` : undefined;
}
