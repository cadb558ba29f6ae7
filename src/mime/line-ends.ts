/**
 * Replaces a lone CR, which must not be sent (RFC 5321 §2.3.8): hosts that take it for a line end would read another
 * mail.
 */
export function plainLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** The same for bytes in a charset that includes ASCII. */
export function withPlainLineEnds(content: Buffer): Buffer {
  return content.includes(13) ? Buffer.from(plainLineEnds(content.toString('latin1')), 'latin1') : content;
}
