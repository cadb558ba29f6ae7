import { createHash, createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { MailError } from '../../errors/mail-error.js';
import { asciiDomain } from '../../message/address/domain.js';
import { fieldName, relaxedBody, relaxedField, splitMime } from './relaxed-mime.js';
import type { DkimOptions } from './smtp.options.js';

/** Signed headers (RFC 6376 §5.4.1; RFC 8058 §4 for one-click unsubscription). */
const SIGNED: readonly string[] = [
  'from', 'sender', 'reply-to', 'subject', 'date', 'message-id', 'to', 'cc', 'mime-version', 'content-type',
  'content-transfer-encoding', 'in-reply-to', 'references', 'list-id', 'list-help', 'list-unsubscribe',
  'list-unsubscribe-post', 'list-subscribe', 'list-post', 'list-owner', 'list-archive', 'otp-token',
]; // prettier-ignore
const MAX_LINE = 76;

interface SigningKey {
  readonly domain: string;
  readonly selector: string;
  readonly key: KeyObject;
}

/** The parts that all signatures of a mail share. */
interface Signable {
  readonly fields: readonly string[];
  readonly bodyHash: string;
}

/**
 * Signs the finished bytes of a mail (RFC 6376): RSA keys as `rsa-sha256`, Ed25519 keys as `ed25519-sha256` (RFC 8463).
 * Each key adds its own signature.
 */
export class MimeSigner {
  readonly #keys: readonly SigningKey[];

  constructor(keys: readonly DkimOptions[]) {
    this.#keys = keys.map(({ domainName, keySelector, privateKey }) => ({
      domain: asciiDomain(domainName),
      selector: keySelector,
      key: createPrivateKey(privateKey),
    }));
  }

  /** @throws {MailError} `config` if signing fails: the mail must not be sent unsigned */
  async sign(bytes: Buffer): Promise<Buffer> {
    if (this.#keys.length === 0) return bytes;
    const { fields, body } = splitMime(bytes);
    const bodyHash = createHash('sha256').update(relaxedBody(body), 'latin1').digest('base64');
    const signable = { fields: signedFields(fields), bodyHash };
    const signatures = await Promise.all(this.#keys.map((key) => signatureField(signable, key)));
    return Buffer.concat([Buffer.from(signatures.join(''), 'latin1'), bytes]);
  }
}

/** Returns the signed fields, each name from its last field upwards (RFC 6376 §5.4.2). */
function signedFields(fields: readonly string[]): readonly string[] {
  const upwards = fields.toReversed();
  return SIGNED.flatMap((name) => upwards.filter((field) => fieldName(field) === name));
}

async function signatureField({ fields, bodyHash }: Signable, key: SigningKey): Promise<string> {
  const unsigned = unsignedField(fields.map(fieldName), bodyHash, key);
  const signed = [...fields, unsigned].map(relaxedField).join('\r\n');
  const signature = await signatureOf(Buffer.from(signed, 'latin1'), key);
  return `${unsigned}${signature.replaceAll(/.{72}(?=.)/g, '$&\r\n ')}\r\n`;
}

/** Names From once more than it occurs, so that a second one cannot be added (RFC 6376 §8.15). */
function unsignedField(names: readonly string[], bodyHash: string, { domain, selector, key }: SigningKey) {
  const algorithm = isEd25519(key) ? 'ed25519-sha256' : 'rsa-sha256';
  const lines = [
    `DKIM-Signature: v=1; a=${algorithm}; c=relaxed/relaxed;`,
    ` d=${domain}; s=${selector};`,
    ...namesLines(['from', ...names]),
    ` bh=${bodyHash};`,
    ' b=',
  ];
  return lines.join('\r\n');
}

/** Folds `h=` after its colons. */
function namesLines(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = ' h=';
  for (const [index, name] of names.entries()) {
    const piece = index === names.length - 1 ? `${name};` : `${name}:`;
    if (line.length + piece.length > MAX_LINE) {
      lines.push(line);
      line = ' ';
    }
    line += piece;
  }
  return [...lines, line];
}

const isEd25519 = (key: KeyObject) => key.asymmetricKeyType === 'ed25519';

const signInPool = promisify(sign);

async function signatureOf(signed: Buffer, { domain, selector, key }: SigningKey): Promise<string> {
  try {
    // RFC 8463 §3: Ed25519 signs the hash, which RSA makes itself.
    const signature = isEd25519(key)
      ? await signInPool(null, createHash('sha256').update(signed).digest(), key)
      : await signInPool('sha256', signed, key);
    return signature.toString('base64');
  } catch (cause) {
    const message = `dkim: the mail could not be signed with the key ${selector} of ${domain}, so it is not sent. Replace that key`;
    throw new MailError('config', message, { at: { field: 'dkim' }, cause });
  }
}
