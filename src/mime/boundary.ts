import { hash } from 'node:crypto';
import type { RenderedMessage } from '../message/message.js';

/**
 * Returns the common part of a message's boundaries: a digest of all parts that may stand unencoded in the mail. The same
 * message has the same boundary, and the author of a part cannot foresee it and close the part early.
 */
export function baseBoundary({
  messageId,
  text = '',
  html = '',
  alternatives,
  attachments,
}: RenderedMessage): string {
  const words = [messageId, text, html].join('\0');
  const unencoded = attachments.filter(({ contentType }) => /^message\//i.test(contentType));
  const parts = [...alternatives, ...unencoded].flatMap(({ content }) => [NUL, content]);
  const covered = parts.length === 0 ? words : Buffer.concat([Buffer.from(words), ...parts]);
  return hash('sha256', covered, 'hex').slice(0, 32);
}

const NUL = Buffer.from('\0');
