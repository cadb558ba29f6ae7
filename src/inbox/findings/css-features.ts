import { type Gaps, no, partial } from './mail-client.js';
import type { MarkupUse } from './markup-use.js';

/** Something html may do that not every client shows. */
export interface Feature {
  readonly name: string;
  readonly isIn: (use: MarkupUse) => boolean;
  readonly gaps: Gaps;
}

function property(name: RegExp, value: RegExp = /./): Feature['isIn'] {
  return (use) => use.kind === 'property' && name.test(use.property) && value.test(use.value);
}

/** A value that matters where no other stands before it. */
function bareValue(name: RegExp, value: RegExp): Feature['isIn'] {
  const isIn = property(name, value);
  return (use) => use.kind === 'property' && isIn(use) && use.fallbacks.every((other) => value.test(other));
}

function atRule(rule: RegExp): Feature['isIn'] {
  return (use) => use.kind === 'at-rule' && rule.test(use.rule);
}

/** Gmail's apps show mails of other providers without style sheets and with less CSS. */
const OTHER_ACCOUNTS = "Gmail's apps leave it out in mails of accounts at other providers";
const PADDED_CELLS: ReadonlySet<string> = new Set(['td', 'th', 'table', 'body']);

/** CSS, as tested on the clients by the Can I email project. */
export const CSS_FEATURES: readonly Feature[] = [
  {
    name: 'display: flex',
    isIn: property(/^display$/, /^flex\b/),
    gaps: {
      Gmail: partial(OTHER_ACCOUNTS),
      'Outlook (Windows)': no('Its parts stand below each other: use a table'),
    },
  },
  {
    name: 'display: inline-flex',
    isIn: property(/^display$/, /\binline-flex\b/),
    gaps: { 'Yahoo Mail': no('Its parts stand as they would without it') },
  },
  {
    name: 'display: grid',
    isIn: property(/^display$/, /\bgrid\b/),
    gaps: {
      Gmail: no('Its parts stand below each other'),
      'Outlook (Windows)': no('Its parts stand below each other: use a table'),
      'Outlook.com': partial("Outlook's phone apps leave it out"),
      'Yahoo Mail': no('Its parts stand below each other'),
    },
  },
  {
    name: 'gap',
    isIn: property(/^(?:row-|column-)?gap$/),
    gaps: {
      Gmail: partial('Only column-gap, in a flex box'),
      'Outlook (Windows)': no('No space is left between the parts: use padding of cells'),
      'Outlook.com': partial('Only column-gap, in a flex box'),
      'Yahoo Mail': no('No space is left between the parts'),
    },
  },
  {
    name: 'position: absolute',
    isIn: property(/^position$/, /\babsolute\b/),
    gaps: {
      Gmail: no('It stands in the text, where it is written'),
      'Outlook (Windows)': no('It stands in the text, where it is written'),
      'Outlook.com': no('It stands in the text, where it is written'),
      'Yahoo Mail': no('It stands in the text, where it is written'),
    },
  },
  {
    name: 'position: fixed or sticky',
    isIn: property(/^position$/, /\b(?:fixed|sticky)\b/),
    gaps: {
      Gmail: no('It stands in the text, where it is written'),
      'Outlook (Windows)': no('It stands in the text, where it is written'),
      'Apple Mail': no('A mail does not scroll by itself there'),
      'Outlook.com': partial('Only sticky'),
      'Yahoo Mail': no('It stands in the text, where it is written'),
    },
  },
  {
    name: 'position: relative',
    isIn: property(/^position$/, /\brelative\b/),
    gaps: {
      Gmail: no('It stands where it would without being moved'),
      'Outlook (Windows)': no('It stands where it would without being moved'),
      'Outlook.com': no('It stands where it would without being moved'),
    },
  },
  {
    name: 'float',
    isIn: property(/^float$/, /\b(?:left|right)\b/),
    gaps: { 'Outlook (Windows)': no('Write align="left" or "right" on a table or an image') },
  },
  {
    name: 'max-width',
    isIn: property(/^max-width$/, /^(?!none|100%)/),
    gaps: {
      'Outlook (Windows)': partial(
        'Only on tables, and from 2019 on: give a table the width as an attribute',
      ),
    },
  },
  {
    name: 'padding of anything but a cell',
    isIn: (use) =>
      use.kind === 'property' &&
      /^padding\b/.test(use.property) &&
      /[1-9]/.test(use.value) &&
      use.tag !== undefined &&
      !PADDED_CELLS.has(use.tag),
    gaps: { 'Outlook (Windows)': no('Only cells have padding: put it on a <td>') },
  },
  {
    name: 'margin: auto',
    isIn: property(/^margin(?:-left|-right)?$/, /\bauto\b/),
    gaps: { 'Outlook (Windows)': no('Center a table with align="center"') },
  },
  {
    name: 'negative margin',
    isIn: property(/^margin\b/, /(?:^|\s)-\d/),
    gaps: {
      Gmail: no('It is not moved over what stands beside it'),
      'Outlook (Windows)': no('It is not moved over what stands beside it'),
      'Outlook.com': no('It is not moved over what stands beside it'),
    },
  },
  {
    name: 'border-radius',
    isIn: property(/^border-(?:[a-z]+-)*radius$/, /[1-9]/),
    gaps: { 'Outlook (Windows)': no('Corners are square; VML can draw round ones') },
  },
  {
    name: 'background image',
    isIn: bareValue(/^background(?:-image)?$/, /\burl\(/),
    gaps: { 'Outlook (Windows)': no('Give a background color as well, or draw it in VML') },
  },
  {
    name: 'gradient',
    isIn: bareValue(/^background(?:-image)?$/, /-gradient\(/),
    gaps: {
      'Outlook (Windows)': no('Give a background color as well'),
      'Outlook.com': no('Give a background color as well'),
      'Yahoo Mail': no('Give a background color as well'),
    },
  },
  {
    name: 'box-shadow',
    isIn: property(/^box-shadow$/, /^(?!none)/),
    gaps: {
      Gmail: no('There is no shadow'),
      'Outlook (Windows)': no('There is no shadow'),
      'Yahoo Mail': no('There is no shadow'),
    },
  },
  {
    name: 'opacity',
    isIn: property(/^opacity$/),
    gaps: {
      'Outlook (Windows)': no('It is shown as if it were opaque'),
      'Yahoo Mail': no('It is shown as if it were opaque'),
    },
  },
  {
    name: 'rgba()',
    isIn: bareValue(/./, /\brgba\(/),
    gaps: { 'Outlook (Windows)': no('The color is left out: write an opaque one before it') },
  },
  {
    name: 'color functions with spaces',
    isIn: property(/./, /\b(?:rgb|hsl)a?\(\s*[\d.]+(?:deg|%)?\s+[\d.]/),
    gaps: {
      Gmail: no('The whole style attribute, or style sheet, is taken out: write commas'),
      'Outlook (Windows)': no('The color is left out: write #rrggbb'),
      'Yahoo Mail': no('The color is left out: write commas'),
    },
  },
  {
    name: 'object-fit',
    isIn: property(/^object-fit$/),
    gaps: {
      Gmail: partial(OTHER_ACCOUNTS),
      'Outlook (Windows)': no('Scale the image itself'),
      'Yahoo Mail': no('The picture is stretched'),
    },
  },
  {
    name: 'transform',
    isIn: property(/^transform$/, /\(/),
    gaps: {
      Gmail: no('It is neither turned nor scaled'),
      'Outlook (Windows)': no('It is neither turned nor scaled'),
      'Outlook.com': no('It is neither turned nor scaled'),
      'Yahoo Mail': no('It is neither turned nor scaled'),
    },
  },
  {
    name: 'animation',
    isIn: property(/^animation\b/),
    gaps: {
      Gmail: no('Nothing moves'),
      'Outlook (Windows)': no('Nothing moves'),
      'Outlook.com': no('Nothing moves'),
      'Yahoo Mail': no('Nothing moves'),
    },
  },
  {
    name: 'calc()',
    isIn: bareValue(/./, /\bcalc\(/),
    gaps: {
      Gmail: partial(OTHER_ACCOUNTS),
      'Outlook (Windows)': no('Write the value without it before'),
      'Outlook.com': no('Write the value without it before'),
      'Yahoo Mail': no('Write the value without it before'),
    },
  },
  {
    name: 'CSS variables',
    isIn: (use) => property(/^--/)(use) || bareValue(/./, /\bvar\(/)(use),
    gaps: {
      Gmail: no('Variables cannot be set'),
      'Outlook (Windows)': no('The value is left out, and what it would style looks plain'),
      'Outlook.com': no('The value is left out, and what it would style looks plain'),
      'Yahoo Mail': no('The value is left out, and what it would style looks plain'),
    },
  },
  {
    name: '@media',
    isIn: atRule(/^@media\b(?![^]*\bprefers-color-scheme\b)/),
    gaps: {
      Gmail: partial(`${OTHER_ACCOUNTS}; heights cannot be asked for`),
      'Outlook (Windows)': no('What is outside of it has to suit a wide window'),
      'Yahoo Mail': partial('Only widths and heights can be asked for'),
    },
  },
  {
    name: '@media (prefers-color-scheme)',
    isIn: atRule(/^@media\b[^]*\bprefers-color-scheme\b/),
    gaps: {
      Gmail: no('It darkens mails by itself: choose colors that bear it'),
      'Outlook (Windows)': no('It darkens mails by itself: choose colors that bear it'),
      'Yahoo Mail': no('The question is filtered out'),
    },
  },
  {
    name: '@font-face',
    isIn: atRule(/^@font-face\b/),
    gaps: {
      Gmail: no('Name fonts to fall back on'),
      'Outlook (Windows)': no('Text may fall back to Times New Roman: name a font in mso-font-alt'),
      'Outlook.com': no('Name fonts to fall back on'),
      'Yahoo Mail': no('Name fonts to fall back on'),
    },
  },
  {
    name: '@import',
    isIn: atRule(/^@import\b/),
    gaps: {
      Gmail: no('Put the rules into the mail'),
      'Outlook.com': no('Put the rules into the mail'),
      'Yahoo Mail': no('Put the rules into the mail'),
    },
  },
  {
    name: ':hover',
    isIn: (use) => use.kind === 'selector' && /:hover\b/.test(use.selector),
    gaps: {
      Gmail: partial('Not on iPhones, nor in accounts at other providers'),
      'Outlook (Windows)': no('Nothing changes under the pointer'),
      'Outlook.com': partial('Only after the name of a tag, as in a:hover'),
    },
  },
];
