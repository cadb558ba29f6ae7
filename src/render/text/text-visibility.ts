import { parseColor } from '../components/color.js';

/** How words in an element are seen; `hidden` is the element itself, with all that is in it. */
export type Visibility = 'seen' | 'tiny' | 'inkless' | 'tiny and inkless' | 'hidden';

const DECLARATION =
  /(?:^|;)\s*(display|visibility|opacity|overflow|(?:max-)?height|font(?:-size)?|color|mso-hide|padding|border|background(?:-color)?|(?:-webkit-)?background-clip)\s*:([^;]*)/gi;
const IMPORTANT = /!\s*important/;

type Declarations = ReadonlyMap<string, string>;

/**
 * What a `style` attribute makes of an element: size and colour are inherited where it does not say.
 * @param name of the element
 * @param around how words around the element are seen
 */
export function visibilityIn(around: Visibility, name: string, style: string): Visibility {
  const declared = declarationsOf(style);
  if (declared.size === 0) return around;
  if (isHidden(declared) || isHiddenInWord(name, declared)) return 'hidden';
  const tiny = isTiny(declared) ?? around.includes('tiny');
  const inkless = isInkless(declared) ?? around.includes('inkless');
  if (tiny) return inkless ? 'tiny and inkless' : 'tiny';
  return inkless ? 'inkless' : 'seen';
}

/** The last of each property counts, unless an earlier one is important. */
function declarationsOf(style: string): Declarations {
  const values = new Map<string, string>();
  const important = new Set<string>();
  for (const [, name = '', written = ''] of style.matchAll(DECLARATION)) {
    const property = name.toLowerCase();
    const value = written.toLowerCase();
    const weighty = IMPORTANT.test(value);
    if (important.has(property) && !weighty) continue;
    if (weighty) important.add(property);
    values.set(property, value.replace(IMPORTANT, '').trim());
  }
  return values;
}

function isHidden(declared: Declarations): boolean {
  if (declared.get('display') === 'none' || declared.get('visibility') === 'hidden') return true;
  if (isZero(declared.get('opacity'))) return true;
  const clipped = declared.get('overflow') === 'hidden';
  return clipped && (isZero(declared.get('max-height')) || isZero(declared.get('height')));
}

/**
 * Word alone knows `mso-hide`. A preheader that every program should hide has it without any looks; what
 * Word gets otherwise, such as a button, has a look, and is a link or a table.
 */
function isHiddenInWord(name: string, declared: Declarations): boolean {
  if (declared.get('mso-hide') !== 'all' || !BARE.has(name)) return false;
  return !LOOKS.some((property) => declared.has(property));
}

const BARE = new Set(['div', 'span', 'p', 'font', 'center']);
const LOOKS = ['display', 'padding', 'border', 'background', 'background-color'] as const;

function isZero(value: string | undefined): boolean {
  return value !== undefined && /^\d/.test(value) && Number.parseFloat(value) === 0;
}

/** Pixels or points a letter may be high and still not be seen. */
const UNSEEN = 2;
const SIZE = /^(\d+(?:\.\d+)?|\.\d+)(px|pt|em|ex|%)?$/;

function isTiny(declared: Declarations): boolean | undefined {
  const size = declared.get('font-size') ?? sizeOf(declared.get('font'));
  if (size === undefined || INHERITED.has(size)) return undefined;
  const [, digits, unit] = SIZE.exec(size) ?? [];
  if (digits === undefined) return false;
  if (Number(digits) === 0) return true;
  return unit === 'px' || unit === 'pt' ? Number(digits) <= UNSEEN : undefined;
}

/** The size in the shorthand `font`, where the only number without a unit that can be one is zero. */
function sizeOf(font: string | undefined): string | undefined {
  return font?.split(/[\s/]+/).find((word) => /^(?:0|[\d.]+[a-z%]+)$/.test(word)) ?? font;
}

const INHERITED = new Set(['inherit', 'unset', 'larger', 'smaller']);

function isInkless(declared: Declarations): boolean | undefined {
  const color = declared.get('color');
  if (color === undefined || INHERITED.has(color) || color === 'currentcolor') return undefined;
  // Words that are cut out of a picture.
  if (declared.get('background-clip') === 'text' || declared.get('-webkit-background-clip') === 'text')
    return false;
  if (color === 'transparent' || TRANSPARENT.test(color)) return true;
  const ground = declared.get('background-color') ?? declared.get('background');
  return ground !== undefined && solid(color) !== undefined && solid(color) === solid(ground);
}

const TRANSPARENT = /^(?:rgba|hsla)\([^()]*,\s*0(?:\.0*)?\s*\)$|^#(?:[\da-f]{3}0|[\da-f]{6}00)$/;
const NAMED: Readonly<Record<string, string>> = { white: '#ffffff', black: '#000000' };

function solid(color: string): string | undefined {
  return parseColor(NAMED[color] ?? color);
}
