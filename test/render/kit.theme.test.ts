import { contrast, inkOn, mixed, parseColor, readable } from '../../src/render/kit/color.js';
import { themeOf, type Palette, type ThemeOptions } from '../../src/render/kit/theme.js';

/** Each pair is text on what it stands on. */
function pairsOf(palette: Palette): ReadonlyArray<readonly [string, string, string]> {
  const { text, muted, link, surface, subtle, background, primary, onPrimary, onDanger, tones } = palette;
  return [
    ['text on the card', text, surface],
    ['text on a panel', text, subtle],
    ['brand', text, background],
    ['small print', muted, surface],
    ['imprint', muted, background],
    ['small print on a panel', muted, subtle],
    ['link', link, surface],
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
    }
  });

  it('has the button in that very colour', () => {
    expect(light.primary).toBe(primary);
  });
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
