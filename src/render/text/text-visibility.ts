import { parseColor } from '../components/color.js';

/** How visible the words in an element are; `hidden` also hides all elements inside. */
export type Visibility = 'visible' | 'tiny' | 'colorless' | 'tiny and colorless' | 'hidden';

const DECLARATION =
  /(?:^|;)\s*(display|visibility|opacity|overflow|(?:max-)?height|font(?:-size)?|color|mso-hide|padding|border|background(?:-color)?|(?:-webkit-)?background-clip)\s*:([^;]*)/gi;
const IMPORTANT = /!\s*important/;

type StyleValues = ReadonlyMap<string, string>;

/**
 * The visibility that a `style` attribute gives an element, which inherits size and colour it does not set.
 * @param around the visibility of words around the element
 * @param name name of the element
 */
export function visibilityIn(around: Visibility, name: string, style: string): Visibility {
  const declared = styleValuesOf(style);
  if (declared.size === 0) return around;
  if (isHidden(declared) || isHiddenInWord(name, declared)) return 'hidden';
  const tiny = isTiny(declared) ?? around.includes('tiny');
  const colorless = isColorless(declared) ?? around.includes('colorless');
  if (tiny) return colorless ? 'tiny and colorless' : 'tiny';
  return colorless ? 'colorless' : 'visible';
}

/** The last value of each property counts, unless an earlier one is important. */
function styleValuesOf(style: string): StyleValues {
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

function isHidden(declared: StyleValues): boolean {
  if (declared.get('display') === 'none' || declared.get('visibility') === 'hidden') return true;
  if (isZero(declared.get('opacity'))) return true;
  const clipped = declared.get('overflow') === 'hidden';
  return clipped && (isZero(declared.get('max-height')) || isZero(declared.get('height')));
}

/**
 * Only Word knows `mso-hide`. A preheader that is meant to be hidden everywhere has it and nothing that can be
 * seen. An element that Word replaces by one of its own, such as a button, has a look, and is a link or a table.
 */
function isHiddenInWord(name: string, declared: StyleValues): boolean {
  if (declared.get('mso-hide') !== 'all' || !BARE.has(name)) return false;
  return !LOOKS.some((property) => declared.has(property));
}

const BARE = new Set(['div', 'span', 'p', 'font', 'center']);
const LOOKS = ['display', 'padding', 'border', 'background', 'background-color'] as const;

function isZero(value: string | undefined): boolean {
  return value !== undefined && /^\d/.test(value) && Number.parseFloat(value) === 0;
}

/** Font size in pixels or points up to which letters cannot be seen. */
const UNSEEN = 2;
const SIZE = /^(\d+(?:\.\d+)?|\.\d+)(px|pt|em|ex|%)?$/;

function isTiny(declared: StyleValues): boolean | undefined {
  const size = declared.get('font-size') ?? sizeOf(declared.get('font'));
  if (size === undefined || INHERITED.has(size)) return undefined;
  const [, digits, unit] = SIZE.exec(size) ?? [];
  if (digits === undefined) return false;
  if (Number(digits) === 0) return true;
  return unit === 'px' || unit === 'pt' ? Number(digits) <= UNSEEN : undefined;
}

/** Finds the size in the shorthand `font`; there, a size without a unit can only be zero. */
function sizeOf(font: string | undefined): string | undefined {
  return font?.split(/[\s/]+/).find((word) => /^(?:0|[\d.]+[a-z%]+)$/.test(word)) ?? font;
}

const INHERITED = new Set(['inherit', 'unset', 'larger', 'smaller']);

function isColorless(declared: StyleValues): boolean | undefined {
  const color = declared.get('color');
  if (color === undefined || INHERITED.has(color) || color === 'currentcolor') return undefined;
  // Letters show the background through them.
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
