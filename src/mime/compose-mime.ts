import type { RenderedMessage } from '../message/message.js';
import { composeOnePass } from './one-pass.js';

/**
 * The mail as it goes over the wire (RFC 5322, RFC 2045): CRLF line ends, no Bcc, no X-Mailer, dots
 * not yet stuffed (that is the connection's). The same message gives the same bytes every time.
 */
export async function composeMime(message: RenderedMessage): Promise<Buffer> {
  return composeOnePass(message);
}
