import { show } from '../../errors/show.js';
import { parseLine } from '../values/line.js';
import { invalid } from '../values/refusal.js';

const MAX_MEDIA_TYPE = 255;

/** type/subtype and parameters (RFC 2045 §5.1). Every alternative starts differently: linear cost. */
const MEDIA_TYPE =
  /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~/-]+|"[^"\\]*"))*$/;

/**
 * Reads the media type of a part. Refuses multipart types: the content of a part is one piece.
 * @throws {MailError} `message-invalid`
 */
export function parseMediaType(value: unknown, field: string): string {
  const type = parseLine(value, field, MAX_MEDIA_TYPE);
  const expected = 'a media type such as application/pdf';
  if (!MEDIA_TYPE.test(type) || /[^ -~]/.test(type)) throw invalid({ field, expected, found: show(type) });
  if (/^multipart\//i.test(type)) {
    throw invalid({ field, expected: 'a media type of one part', found: show(type) });
  }
  return type;
}

/** Adds `charset=utf-8` to a text type without a charset, because strings are encoded that way. */
export function withCharset(type: string): string {
  return /^text\//i.test(type) && !/; *charset=/i.test(type) ? `${type}; charset=utf-8` : type;
}
