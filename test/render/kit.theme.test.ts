import { contrast, inkOn, mixed, parseColor, readable } from '../../src/render/components/color.js';
import { themeOf, type Palette, type ThemeOptions } from '../../src/render/components/theme.js';

/** Each pair is text on what it stands on. */
function pairsOf(palette: Palette): ReadonlyArray<readonly [string, string, string]> {
  const { text, muted, link, surface, subtle, background, primary, onPrimary, onDanger, tones } = palette;
  return [
    ['text on the card', text, surface],
    ['text on a panel', text, subtle],
    ['brand', palette.brand, background],
    ['small print', muted, surface],
    ['imprint', palette.imprint, background],
    ['small print on a panel', muted, subtle],
    ['link', link, surface],
    ['link on a panel', link, subtle],
    ['button', onPrimary, primary],
    ['button that destroys', onDanger, tones.danger],
  ];
}

const DEFAULTS = themeOf();

describe.each([
  ['light', DEFAULTS.light],
  ['dark', DEFAULTS.dark],
])('the default theme, %s', (_scheme, palette) => {
  it.each(pairsOf(palette))('%s can be read', (_what, ink, paper) => {
    expect(contrast(ink, paper)).toBeGreaterThanOrEqual(4.5);
  });
});

// Colours of well-known brands: bright, dark, and one that is nearly white.
const PRIMARIES = ['#ffd200', '#00c2a8', '#1db954', '#0b1f3a', '#f8f8f8', '#000000', '#e60023', '#7f7f7f'];

describe.each(PRIMARIES)('a theme of the colour %s', (primary) => {
  const { light, dark } = themeOf({ colors: { primary } } satisfies ThemeOptions);

  it('has buttons and links that can be read, light and dark', () => {
    for (const palette of [light, dark]) {
      expect(contrast(palette.onPrimary, palette.primary)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(palette.link, palette.surface)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(palette.link, palette.subtle)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('has the button in that very colour', () => {
    expect(light.primary).toBe(primary);
  });
});

// Of each kind of slip: a page darker than its card, small print like its ground, all grey, a border like ink.
const THEMES: ReadonlyArray<readonly [string, NonNullable<ThemeOptions['colors']>]> = [
  ['a dark page around a light card', { background: '#101418' }],
  ['a light page around a dark card', { background: '#ffffff', surface: '#14181d' }],
  ['a card as dark as the text', { surface: '#1f2733' }],
  ['small print as light as the card', { muted: '#f4f4f4' }],
  ['a border as dark as ink', { border: '#000000' }],
  ['a border in the middle', { border: '#777777', surface: '#8a8a8a' }],
  [
    'all in one grey',
    Object.fromEntries(
      ['primary', 'text', 'muted', 'background', 'surface', 'border'].map((key) => [key, '#808080']),
    ),
  ],
  [
    'all in one red',
    Object.fromEntries(
      ['primary', 'text', 'muted', 'background', 'surface', 'border'].map((key) => [key, '#e60023']),
    ),
  ],
];

describe.each(THEMES)('%s', (_what, colors) => {
  const theme = themeOf({ colors, dark: colors });

  describe.each(['light', 'dark'] as const)('%s', (scheme) => {
    it.each(pairsOf(theme[scheme]))('%s can be read', (_pair, ink, paper) => {
      expect(contrast(ink, paper)).toBeGreaterThanOrEqual(4.5);
    });
  });
});

it('leaves colours alone that can be read', () => {
  const colors = { text: '#222222', muted: '#555555', background: '#eeeeee', surface: '#fafafa' };
  expect(themeOf({ colors }).light).toMatchObject({ ...colors, brand: colors.text, imprint: colors.muted });
});

it('has the dark colour it is given', () => {
  expect(themeOf({ dark: { primary: '#123456' } }).dark).toMatchObject({
    primary: '#123456',
    onPrimary: '#ffffff',
  });
});

describe('colours', () => {
  it.each([
    ['#1F5FBF', '#1f5fbf'],
    ['#15b', '#1155bb'],
    ['rgb(31, 95, 191)', '#1f5fbf'],
    ['rgb(0 0 0)', '#000000'],
    ['rgb(256, 0, 0)', undefined],
    ['#12345', undefined],
    ['red', undefined],
    ['#fff;}', undefined],
    ['', undefined],
  ])('%j is %s', (text, color) => {
    expect(parseColor(text)).toBe(color);
  });

  it('contrast as WCAG computes it', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#ffffff', '#767676')).toBeCloseTo(4.54, 2);
    expect(contrast('#777777', '#777777')).toBe(1);
  });

  it('are mixed, inked and made readable', () => {
    expect(mixed('#ffffff', '#000000', 0.5)).toBe('#808080');
    expect([inkOn('#ffd200'), inkOn('#0b1f3a')]).toEqual(['#000000', '#ffffff']);
    expect(readable('#0b1f3a', '#ffffff', '#000000')).toBe('#0b1f3a');
    expect(contrast(readable('#ffd200', '#ffffff', '#000000'), '#ffffff')).toBeGreaterThanOrEqual(4.5);
  });
});
