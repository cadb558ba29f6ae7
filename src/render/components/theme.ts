import { inkOn, readable, tinted, type HexColor } from './color.js';

/** Colours of the kit, as `#1f5fbf` or `rgb(31, 95, 191)`. */
export interface ThemeColors {
  /** Colour of buttons, whose text is black or white, and of links, moved as far as necessary to be readable. */
  readonly primary?: string | undefined;
  readonly text?: string | undefined;
  /** Colour of small print and labels. Like `text`, moved as far as necessary to be readable. */
  readonly muted?: string | undefined;
  /** Colour of the page around the card. */
  readonly background?: string | undefined;
  /** Colour of the card. */
  readonly surface?: string | undefined;
  readonly border?: string | undefined;
}

export interface ThemeLogo {
  /** An https or http URL, or `cid:…` of an inline attachment. */
  readonly src: string;
  /** URL of a logo of the same width for dark mode. @default `src` */
  readonly dark?: string | undefined;
  /** Width in pixels on the screen; the file may have twice as many. */
  readonly width: number;
  /** @default the brand's name */
  readonly alt?: string | undefined;
}

export interface ThemeBrand {
  /** Shown below the card, and above it if there is no logo. */
  readonly name?: string | undefined;
  readonly logo?: ThemeLogo | undefined;
  /** Target of the link on name and logo. @default no link */
  readonly url?: string | undefined;
  /** Postal address, shown below the card. */
  readonly address?: string | undefined;
}

/** The look of the built-in layout and components. */
export interface ThemeOptions {
  readonly brand?: ThemeBrand | undefined;
  readonly colors?: ThemeColors | undefined;
  /** Colours for dark mode. @default dark greys, and `primary` lightened as far as necessary */
  readonly dark?: ThemeColors | undefined;
  /** CSS font families. @default the fonts of the reader's system */
  readonly fontFamily?: string | undefined;
  /** Radius of the card's corners in pixels; buttons and panels have two thirds of it. @default 12 */
  readonly radius?: number | undefined;
  /** Largest width of the mail in pixels. @default 600 */
  readonly width?: number | undefined;
}

/** The tones of a panel. */
export const TONES = ['info', 'success', 'warning', 'danger'] as const;

/** All colours of one scheme. */
export interface Palette {
  readonly primary: HexColor;
  readonly onPrimary: HexColor;
  readonly link: HexColor;
  readonly text: HexColor;
  readonly muted: HexColor;
  readonly background: HexColor;
  /** Colour of the brand's name on the background. */
  readonly brand: HexColor;
  /** Colour of small print on the background. */
  readonly imprint: HexColor;
  readonly surface: HexColor;
  /** Colour of a panel on the card. */
  readonly subtle: HexColor;
  readonly border: HexColor;
  readonly onDanger: HexColor;
  readonly tones: Readonly<Record<(typeof TONES)[number], HexColor>>;
}

/** A theme with all defaults applied. */
export interface Theme {
  readonly brand: ThemeBrand;
  readonly light: Palette;
  readonly dark: Palette;
  readonly fontFamily: string;
  readonly radius: number;
  readonly width: number;
}

const LIGHT = {
  primary: '#2c5be0',
  text: '#1f2733',
  muted: '#5d6878',
  background: '#f2f4f7',
  surface: '#ffffff',
  border: '#e2e6ec',
} as const;

const DARK = {
  text: '#e6e9ee',
  muted: '#a0a9b6',
  background: '#0f1318',
  surface: '#191f27',
  border: '#2f3742',
} as const;

const LIGHT_TONES = { success: '#1c7c4c', warning: '#c98a12', danger: '#bf2f2a' } as const;
const DARK_TONES = { success: '#4fc489', warning: '#efb443', danger: '#d0443c' } as const;

const SYSTEM_FONTS = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** @param options must be checked, with colours as `#rrggbb` */
export function themeOf({ brand = {}, colors = {}, dark = {}, ...sizes }: ThemeOptions = {}): Theme {
  const light = palette({ ...LIGHT, ...given(colors) }, LIGHT_TONES);
  const darkColors = { ...DARK, ...given(dark) };
  const primary = dark.primary ?? readable(light.primary, darkColors.surface, '#ffffff');
  return {
    brand,
    light,
    dark: palette({ ...darkColors, primary }, DARK_TONES),
    fontFamily: sizes.fontFamily ?? SYSTEM_FONTS,
    radius: sizes.radius ?? 12,
    width: sizes.width ?? 600,
  };
}

type Colors = Readonly<Record<keyof ThemeColors, HexColor>>;

function given(colors: ThemeColors): Partial<Colors> {
  return Object.fromEntries(Object.entries(colors).filter(([, color]) => color !== undefined));
}

/** Makes every text colour readable on each of its grounds, whatever colours are given. */
function palette(colors: Colors, tones: Omit<Palette['tones'], 'info'>): Palette {
  const { primary, surface, background, border } = colors;
  const subtle = tinted(surface, border, 0.45);
  const text = readable(colors.text, [surface, subtle], inkOn(surface));
  const brand = readable(colors.text, background, inkOn(background));
  return {
    ...colors,
    text,
    muted: readable(colors.muted, [surface, subtle], text),
    brand,
    imprint: readable(colors.muted, background, brand),
    onPrimary: inkOn(primary),
    link: readable(primary, [surface, subtle], text),
    subtle,
    onDanger: inkOn(tones.danger),
    tones: { ...tones, info: primary },
  };
}
