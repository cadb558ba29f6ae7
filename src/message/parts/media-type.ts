import { show } from '../../errors/config-report.js';
import { parseLine } from '../values/line.js';
import { invalid } from '../values/refusal.js';

const MAX_MEDIA_TYPE = 255;

/** type/subtype and parameters (RFC 2045 §5.1); every alternative starts differently: linear cost. */
const MEDIA_TYPE =
  /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~/-]+|"[^"\\]*"))*$/;

/**
 * The media type of a part. Multipart types are refused: a part's content is one piece.
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

/** The type with `charset=utf-8` when it is text without a charset: how strings are turned into bytes. */
export function withCharset(type: string): string {
  return /^text\//i.test(type) && !/; *charset=/i.test(type) ? `${type}; charset=utf-8` : type;
}
