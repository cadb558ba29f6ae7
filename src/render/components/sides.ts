import type { TextDirection } from '../format/text-direction.js';

/** Placeholders for `left` and `right` in the kit's styles until a mail's direction is known: many mail programs drop `start` and `end`. */
export const START = 'kit-start';
export const END = 'kit-end';

const SIDE = /(text-align:\s*|padding-|border-|margin-)kit-(start|end)\b/g;

/** Replaces the placeholders in the kit's html by the sides for a direction. */
export function sided(html: string, direction: TextDirection): string {
  if (!html.includes(START) && !html.includes(END)) return html;
  const [start, end] = direction === 'rtl' ? ['right', 'left'] : ['left', 'right'];
  return html.replace(
    SIDE,
    (_, property: string, side: string) => property + (side === 'start' ? start : end),
  );
}
