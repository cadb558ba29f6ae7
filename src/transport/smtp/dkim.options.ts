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
  const domainName = key.required('domainName', { expected: 'the signing domain', pattern: /^[^\s;]+$/ });
  const keySelector = key.required('keySelector', {
    expected: 'the selector of the key',
    pattern: /^[a-z0-9_.-]+$/i,
  });
  const privateKey = readPrivateKey(key, 'privateKey')?.pem;
  if (domainName === undefined || keySelector === undefined || privateKey === undefined) return [];
  return [{ domainName, keySelector, privateKey }];
}
