/** `#rrggbb` in lower case, which every mail program understands in style sheets and in `bgcolor`. */
export type HexColor = string;

const HEX = /^#(?:[\da-f]{3}|[\da-f]{6})$/i;
const RGB = /^rgb\(\s*(\d{1,3})(?:\s*,\s*|\s+)(\d{1,3})(?:\s*,\s*|\s+)(\d{1,3})\s*\)$/i;

/** @param text `#1f5fbf`, `#15b` or `rgb(31, 95, 191)` */
export function parseColor(text: string): HexColor | undefined {
  if (HEX.test(text)) {
    const digits = text.slice(1).toLowerCase();
    return `#${digits.length === 3 ? digits.replaceAll(/./g, '$&$&') : digits}`;
  }
  const channels = RGB.exec(text)?.slice(1).map(Number);
  return channels?.every((channel) => channel <= 255) ? hexOf(channels) : undefined;
}

/** The contrast ratio of two colours, from 1 to 21; text is readable from 4.5 (WCAG 2.2, 1.4.3). */
export function contrast(one: HexColor, other: HexColor): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Mixes two colours. @param share share of the first one, from 0 to 1 */
export function mixed(one: HexColor, other: HexColor, share: number): HexColor {
  const others = channelsOf(other);
  return hexOf(channelsOf(one).map((value, index) => value * share + (others[index] ?? 0) * (1 - share)));
}

/** Black or white, whichever reads better on a colour; one of them always has enough contrast. */
export function inkOn(color: HexColor): HexColor {
  return contrast(color, '#ffffff') >= contrast(color, '#000000') ? '#ffffff' : '#000000';
}

const READABLE = 4.5;
const STEP = 0.05;

/** Moves a colour towards `ink` just as far as necessary to make it readable on every surface. */
export function readable(color: HexColor, on: HexColor | readonly HexColor[], ink: HexColor): HexColor {
  const surfaces = [on].flat();
  for (let share = 0; share < 1; share += STEP) {
    const moved = mixed(ink, color, share);
    if (surfaces.every((surface) => contrast(moved, surface) >= READABLE)) return moved;
  }
  return ink;
}

/** Mixes as much of `color` into `surface`, up to `most`, as leaves black or white readable on it. */
export function tinted(surface: HexColor, color: HexColor, most: number): HexColor {
  const ink = inkOn(surface);
  for (let share = most; share > 0; share -= STEP) {
    const tint = mixed(color, surface, share);
    if (contrast(ink, tint) >= READABLE) return tint;
  }
  return surface;
}

function channelsOf(color: HexColor): readonly number[] {
  return [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16));
}

function hexOf(channels: readonly number[]): HexColor {
  return `#${channels.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(color: HexColor): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
