import type { MessageAlternative } from '../message/message.js';

/** Whether it is the AMP rendition, which stands before the html part. */
export function isAmp({ contentType }: MessageAlternative): boolean {
  return /^text\/x-amp-html\b/i.test(contentType);
}
