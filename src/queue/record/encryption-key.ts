const BYTES = 32;

/** The key that a text of 64 hexadecimal digits, or of base64, writes down; undefined when it has not 32 bytes. */
export function encryptionKeyFrom(text: string): Buffer | undefined {
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  return key.length === BYTES ? key : undefined;
}
