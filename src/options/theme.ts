import { parseColor } from '../render/components/color.js';
import { Group, made, section } from '../reader/group.js';
import { Kind, optional, required } from '../reader/option.js';
import { is, whole } from '../reader/kinds.js';
import { urlOf } from '../message/values/url.js';

const LONGEST_TEXT = 200;
const FAMILY = /^(?:'[\p{L}\p{N} .-]+'|-?[\p{L}_][\p{L}\p{N} _-]*)$/u;

function text(expected: string, matches: (text: string) => boolean): Kind<string> {
  return is(expected, (value): value is string => typeof value === 'string' && matches(value));
}

const COLOR = new Kind('a colour such as "#1f5fbf" or "rgb(31, 95, 191)"', (value) =>
  typeof value === 'string' ? parseColor(value) : undefined,
);
const FONTS = text('CSS font families such as "Georgia, \'Times New Roman\', serif"', (families) =>
  families.split(',').every((family) => FAMILY.test(family.trim())),
);
/** Becomes part of a template's source, in html and in text. */
const LINE = text(
  `one line of at most ${LONGEST_TEXT} characters, without "{{"`,
  (line) => line.trim() !== '' && line.length <= LONGEST_TEXT && !/[\p{Cc}\u2028\u2029\\]|\{\{/u.test(line),
);
const LINK = text('an https or http URL', (url) => isAddress(url, ['https:', 'http:']));
const IMAGE = text('an https, http or cid: URL', (url) => isAddress(url, ['https:', 'http:', 'cid:']));

function isAddress(url: string, schemes: readonly string[]): boolean {
  return !/[\s\p{Cc}\\]|\{\{/u.test(url) && schemes.includes(urlOf(url)?.protocol ?? '');
}

function pixels(min: number, max: number): Kind<number> {
  return whole({ min, max, unit: 'pixels' });
}

const LOGO = new Group({
  src: required(IMAGE, 'the image'),
  dark: optional(IMAGE, 'the same on dark ground'),
  width: required(pixels(1, 600), 'pixels on the screen'),
  alt: optional(LINE, 'in place of the image', 'the name of the brand'),
});

const BRAND = new Group({
  name: optional(LINE, 'stands above the card where there is no logo'),
  logo: optional(
    made(LOGO, ({ src, width, ...others }) => (src && width ? { src, width, ...others } : undefined)),
    'stands above the card',
  ),
  url: optional(LINK, 'where name and logo lead'),
  address: optional(LINE, 'below the card'),
});

const COLORS = new Group({
  primary: optional(COLOR, 'buttons and links'),
  text: optional(COLOR, 'text'),
  muted: optional(COLOR, 'small print and labels'),
  background: optional(COLOR, 'around the card'),
  surface: optional(COLOR, 'the card'),
  border: optional(COLOR, 'lines'),
});

const COLORS_ABOUT =
  '`primary`, `text`, `muted`, `background`, `surface`, `border`; `#1f5fbf` or `rgb(31, 95, 191)`';

export const THEME = new Group({
  brand: section(BRAND, '`name`, `url`, `address`, `logo: { src, dark, width, alt }`', 'none'),
  colors: section(COLORS, COLORS_ABOUT, 'blue on white and grey'),
  dark: section(COLORS, 'the same for dark mode', 'near black; `primary` lightened as needed'),
  fontFamily: optional(FONTS, 'CSS font families', "the reader's system font"),
  radius: optional(pixels(0, 40), 'pixels that corners are rounded by', '12'),
  width: optional(pixels(320, 900), 'pixels the mail is wide', '600'),
});
