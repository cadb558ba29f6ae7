import { hash } from 'node:crypto';
import type { RenderedMessage } from '../message/message.js';

/**
 * What the boundaries of a message have in common. Same message, same boundary. It covers what may
 * stand unencoded in the mail, so nobody who writes a part of that can foresee the boundary and close
 * the part early.
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
