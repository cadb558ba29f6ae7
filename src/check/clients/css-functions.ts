import { type Feature, property, value } from './feature.js';

const PLAIN = 'Write a plain value before it';
const SPACED = /\b(?:rgb|hsl)a?\(\s*[\d.]+(?:deg|%)?\s+[\d.]/;

/** Functions, units and keywords that a value of any property may have. */
export const CSS_FUNCTIONS: readonly Feature[] = [
  {
    name: 'rgb()',
    slug: 'css-rgb',
    hasFallback: true,
    isIn: property('.*', /\brgb\(/),
    advice: 'Write #rrggbb',
    limits: [
      { note: /^Whitespace syntax|^whitespace syntax/, isIn: value(SPACED) },
      { note: /^Alpha/, isIn: value(/\brgb\([^,)]*,[^,)]*,[^,)]*,/) },
    ],
  },
  {
    name: 'rgba()',
    slug: 'css-rgba',
    hasFallback: true,
    isIn: value(/\brgba\(/),
    advice: 'Write an opaque color before it',
    limits: [{ note: /^[Ww]hitespace syntax/, isIn: value(SPACED) }],
  },
  {
    name: 'lch(), oklch(), lab() or oklab()',
    slug: 'css-modern-color',
    hasFallback: true,
    isIn: value(/\b(?:ok)?(?:lch|lab)\(/),
    advice: PLAIN,
    breaks: true,
  },
  {
    name: 'light-dark()',
    slug: 'css-function-light-dark',
    hasFallback: true,
    isIn: value(/\blight-dark\(/),
    advice: PLAIN,
    breaks: true,
  },
  { name: 'calc()', slug: 'css-unit-calc', hasFallback: true, isIn: value(/\bcalc\(/), advice: PLAIN },
  ...['clamp', 'max', 'min'].map((name): Feature => ({
    name: `${name}()`,
    slug: `css-function-${name}`,
    hasFallback: true,
    isIn: value(new RegExp(`(?<![\\w-])${name}\\(`)),
    advice: PLAIN,
  })),
  {
    name: 'fit-content, min-content or max-content',
    slug: 'css-intrinsic-size',
    hasFallback: true,
    isIn: value(/\b(?:fit|min|max)-content\b/),
    advice: PLAIN,
    limits: [{ note: /Supports min-content and fit-content/, isIn: value(/\bmax-content\b/) }],
  },
  ...['ch', 'rem', 'vh', 'vmax', 'vmin', 'vw'].map((unit): Feature => ({
    name: `the unit ${unit}`,
    slug: `css-unit-${unit}`,
    hasFallback: true,
    isIn: property('(?!font-size$).*', new RegExp(`\\d${unit}\\b`)),
    advice: 'Write px',
  })),
  {
    name: 'CSS variables',
    slug: 'css-variables',
    hasFallback: true,
    isIn: (use) => use.kind === 'property' && (use.property.startsWith('--') || /\bvar\(/.test(use.value)),
    advice: 'The value is left out, and what it would style looks plain',
    breaks: true,
  },
];
