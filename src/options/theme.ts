import { checkKeys, type Place } from './checks.js';
import { show } from '../errors/config-report.js';
import { parseColor } from '../render/components/color.js';
import {
  type Theme,
  type ThemeBrand,
  type ThemeColors,
  type ThemeLogo,
  themeOf,
  type ThemeOptions,
} from '../render/components/theme.js';
import { urlOf } from '../message/values/url.js';

const THEME_KEYS = [
  'brand',
  'colors',
  'dark',
  'fontFamily',
  'radius',
  'width',
] as const satisfies ReadonlyArray<keyof ThemeOptions>;
const BRAND_KEYS = ['name', 'logo', 'url', 'address'] as const satisfies ReadonlyArray<keyof ThemeBrand>;
const LOGO_KEYS = ['src', 'dark', 'width', 'alt'] as const satisfies ReadonlyArray<keyof ThemeLogo>;
const COLOR_KEYS = [
  'primary',
  'text',
  'muted',
  'background',
  'surface',
  'border',
] as const satisfies ReadonlyArray<keyof ThemeColors>;

const LONGEST_TEXT = 200;

/** The theme the options describe, over the default one; what is wrong is reported and left out. */
export function readTheme(value: ThemeOptions | undefined, place: Place): Theme {
  const options = readGroup(value, THEME_KEYS, place);
  return themeOf({
    brand: readBrand(options.brand, at(place, 'brand')),
    colors: readColors(options.colors, at(place, 'colors')),
    dark: readColors(options.dark, at(place, 'dark')),
    fontFamily: readMatching(options.fontFamily, isFontFamily, FONTS, at(place, 'fontFamily')),
    radius: readPixels(options.radius, [0, 40], at(place, 'radius')),
    width: readPixels(options.width, [320, 900], at(place, 'width')),
  });
}

function readBrand(value: ThemeBrand | undefined, place: Place): ThemeBrand {
  const brand = readGroup(value, BRAND_KEYS, place);
  return {
    name: readText(brand.name, at(place, 'name')),
    logo: brand.logo && readLogo(brand.logo, at(place, 'logo')),
    url: readMatching(brand.url, isWebAddress, 'an https or http URL', at(place, 'url')),
    address: readText(brand.address, at(place, 'address')),
  };
}

function readLogo(value: ThemeLogo, place: Place): ThemeLogo | undefined {
  const logo: Partial<ThemeLogo> = readGroup(value, LOGO_KEYS, place);
  const expected = 'an https, http or cid: URL';
  const src = readMatching(logo.src ?? null, isImageAddress, expected, at(place, 'src'));
  const dark = readMatching(logo.dark, isImageAddress, expected, at(place, 'dark'));
  const width = readPixels(logo.width ?? null, [1, 600], at(place, 'width'));
  const alt = readText(logo.alt, at(place, 'alt'));
  return src === undefined || width === undefined ? undefined : { src, dark, width, alt };
}

function readColors(value: ThemeColors | undefined, place: Place): ThemeColors {
  const colors = readGroup(value, COLOR_KEYS, place);
  const read = COLOR_KEYS.map((key) => [key, readColor(colors[key], at(place, key))] as const);
  return Object.fromEntries(read);
}

function readColor(value: unknown, { where, report }: Place): string | undefined {
  if (value === undefined) return undefined;
  const color = typeof value === 'string' ? parseColor(value) : undefined;
  if (color === undefined) {
    const expected = 'a colour such as "#1f5fbf" or "rgb(31, 95, 191)"';
    report.add({ where, expected, found: show(value) });
  }
  return color;
}

/** An object that has only these keys; nothing where there is none. */
function readGroup<T extends object>(
  value: T | undefined,
  keys: readonly string[],
  place: Place,
): Partial<T> {
  if (value === undefined) return {};
  if (isPlain(value)) {
    checkKeys(value, keys, { ...place, where: `${place.where}.` });
    return value;
  }
  place.report.add({ where: place.where, expected: 'an object', found: show(value) });
  return {};
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readPixels(
  value: unknown,
  [least, most]: readonly [number, number],
  place: Place,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const expected = `a whole number of pixels from ${least} to ${most}`;
  place.report.add({ where: place.where, expected, found: show(value ?? undefined) });
  return undefined;
}

function readText(value: unknown, place: Place): string | undefined {
  return readMatching(value, isLine, `one line of at most ${LONGEST_TEXT} characters, without "{{"`, place);
}

function readMatching(
  value: unknown,
  matches: (text: string) => boolean,
  expected: string,
  { where, report }: Place,
): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && matches(value)) return value;
  report.add({ where, expected, found: show(value ?? undefined) });
  return undefined;
}

/** It stands in the source of a template, in html and in text. */
function isLine(text: string): boolean {
  const fits = text.trim() !== '' && text.length <= LONGEST_TEXT;
  return fits && !/[\p{Cc}\u2028\u2029\\]|\{\{/u.test(text);
}

const FONTS = 'CSS font families such as "Georgia, \'Times New Roman\', serif"';

function isFontFamily(text: string): boolean {
  return text.split(',').every((family) => FAMILY.test(family.trim()));
}

const FAMILY = /^(?:'[\p{L}\p{N} .-]+'|-?[\p{L}_][\p{L}\p{N} _-]*)$/u;

function isWebAddress(text: string): boolean {
  return isAddress(text, ['https:', 'http:']);
}

function isImageAddress(text: string): boolean {
  return isAddress(text, ['https:', 'http:', 'cid:']);
}

function isAddress(text: string, schemes: readonly string[]): boolean {
  return !/[\s\p{Cc}\\]|\{\{/u.test(text) && schemes.includes(urlOf(text)?.protocol ?? '');
}

function at({ where, report }: Place, key: string): Place {
  return { where: `${where}.${key}`, report };
}
