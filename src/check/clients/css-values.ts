import { ALL_OF_IT, type Feature, never, property, styled } from './feature.js';

const BELOW = 'Its parts stand below each other: use a table';
const COLOR = 'Give a background color as well';
const PADDED = new Set(['td', 'th', 'table', 'body']);
/** The color keywords of CSS Level 1. */
const FIRST_COLORS =
  'aqua|black|blue|fuchsia|gray|green|lime|maroon|navy|olive|purple|red|silver|teal|white|yellow|transparent|inherit';

/** Drops the content of parentheses. */
function outside(text: string): string {
  return text.replaceAll(/\([^()]*\)/g, '');
}

const BACKGROUND_LIST = { note: /multiple values/, isIn: listed('background(?:-[a-z]+)?') };

function listed(names: string): Feature['isIn'] {
  const isOf = property(names);
  return (use) => use.kind === 'property' && isOf(use) && outside(outside(use.value)).includes(',');
}

/** Properties of which a client supports some values. */
export const CSS_VALUES: readonly Feature[] = [
  {
    name: 'display: flex',
    slug: 'css-display-flex',
    isIn: property('display', /\bflex\b/),
    advice: BELOW,
    limits: [{ note: /inline-flex/, isIn: property('display', /\binline-flex\b/) }],
    breaks: true,
  },
  {
    name: 'display: grid',
    slug: 'css-display-grid',
    isIn: property('display', /\bgrid\b/),
    advice: BELOW,
    breaks: true,
  },
  {
    name: 'display',
    slug: 'css-display',
    isIn: property('display', /\b(?:contents|flow|flow-root|revert|unset)\b/),
    advice: 'It is laid out as it would be without',
  },
  {
    name: 'display: none',
    slug: 'css-display-none',
    isIn: property('display', /\bnone\b/),
    advice: 'Write mso-hide:all as well',
    limits: [
      { note: /nested <table>/, isIn: never },
      { note: /<img>/, isIn: styled('display', (tag) => tag === 'img', /\bnone\b/) },
    ],
  },
  {
    name: 'position',
    slug: 'css-position',
    isIn: property('position', /\b(?:absolute|fixed|relative|sticky)\b/),
    advice: 'It stands in the text, where it is written',
    limits: [
      { note: /^Supports relative, absolute but/, isIn: property('position', /\b(?:fixed|sticky)\b/) },
      { note: /^Supports sticky but/, isIn: property('position', /\b(?:absolute|fixed|relative)\b/) },
      { note: /^Supports relative but/, isIn: property('position', /\b(?:absolute|fixed|sticky)\b/) },
    ],
  },
  {
    name: 'float',
    slug: 'css-float',
    isIn: property('float', /\b(?:left|right|inline-start|inline-end)\b/),
    advice: 'Write align="left" or "right" on a table or an image',
    limits: [{ note: /inline-start/, isIn: property('float', /\binline-/) }],
  },
  {
    name: 'clear',
    slug: 'css-clear',
    isIn: property('clear', /^(?!none)/),
    advice: 'It goes on beside what floats',
    limits: [{ note: /inline-start/, isIn: property('clear', /\binline-/) }],
  },
  {
    name: 'gap',
    slug: 'css-gap',
    isIn: property('(?:row-|column-|grid-)?gap'),
    advice: 'No space is left between the parts: use padding of cells',
    limits: [{ note: /column-gap for flexbox/, isIn: property('(?:row-|grid-)?gap') }],
  },
  {
    name: 'text-align: start or end',
    slug: 'css-text-align',
    hasFallback: true,
    isIn: property('text-align', /^(?:start|end|match-parent)\b/),
    advice: 'Write left or right',
    limits: [
      { note: /start and end/, isIn: property('text-align', /^(?:start|end)\b/) },
      { note: /match-parent/, isIn: property('text-align', /^match-parent\b/) },
    ],
  },
  {
    name: 'margin',
    slug: 'css-margin',
    isIn: property('margin(?:-left|-right|-top|-bottom)?', /[1-9]|auto/),
    advice: 'Use padding of cells; center a table with align="center"',
    limits: [
      { note: /Negative/, isIn: property('margin.*', /(?:^|\s)-\d/) },
      {
        note: /<span> and <body>/,
        isIn: styled('margin.*', (tag) => ['body', 'span'].includes(tag), /[1-9]/),
      },
      { note: /^auto/, isIn: property('margin(?:-left|-right)?', /\bauto\b/) },
      { note: /background-color is/, isIn: never },
    ],
  },
  {
    name: 'padding of anything but a cell',
    slug: 'css-padding',
    limits: [ALL_OF_IT],
    isIn: styled('padding(?:-left|-right|-top|-bottom)?', (tag) => !PADDED.has(tag), /[1-9]/),
    advice: 'Put it on a <td>',
  },
  {
    name: 'max-width',
    slug: 'css-max-width',
    limits: [ALL_OF_IT],
    isIn: styled('max-width', (tag) => tag !== 'table', /^(?!none|100%|0)/),
    advice: 'Give a table the width as an attribute',
  },
  {
    name: 'width',
    slug: 'css-width',
    isIn: styled('width', (tag) => ['body', 'span', 'div', 'p', 'img'].includes(tag), /[1-9]/),
    advice: 'Write it as an attribute, on a table or an image',
    limits: [{ note: /<img>/, isIn: property('width', /^(?!100%|auto)/) }],
  },
  {
    name: 'height',
    slug: 'css-height',
    isIn: property('height', /[1-9]/),
    advice: 'Give it to a cell',
    limits: [
      {
        note: /<span>/,
        isIn: styled('height', (tag) => ['body', 'span', 'div', 'p'].includes(tag), /[1-9]/),
      },
      { note: /by min-height/, isIn: never },
    ],
  },
  {
    name: 'border',
    slug: 'css-border',
    isIn: property('border(?:-(?:left|right|top|bottom))?(?:-width)?', /(?<![\d.])(?:9|\d{2,})(?:\.\d+)?px/),
    advice: 'A cell with a background is a bar as well',
    limits: [
      { note: /<p> or a <div>/, isIn: never },
      { note: /8px/, isIn: property('border.*') },
    ],
  },
  {
    name: 'border-radius',
    slug: 'css-border-radius',
    isIn: property('border-(?:[a-z]+-){0,2}radius', /[1-9]/),
    advice: 'Corners are square',
    limits: [{ note: /elliptical/, isIn: property('border-radius', /\//) }],
  },
  {
    name: 'background image',
    slug: 'css-background-image',
    hasFallback: true,
    isIn: property('background(?:-image)?', /\burl\(/),
    advice: COLOR,
    limits: [BACKGROUND_LIST],
  },
  {
    name: 'background',
    slug: 'css-background',
    isIn: property('background', /[,/]/),
    advice: 'Write its parts as properties of their own',
    limits: [
      { note: /background-size/, isIn: property('background', /\)[^()]*\//) },
      BACKGROUND_LIST,
      { note: /Only background-color/, isIn: never },
    ],
  },
  {
    name: 'background-color',
    slug: 'css-background-color',
    limits: [ALL_OF_IT],
    hasFallback: true,
    isIn: property('background-color', new RegExp(`^(?!(?:${FIRST_COLORS})\\b)[a-z]+$`)),
    advice: 'Write #rrggbb',
  },
  ...['position', 'repeat', 'size'].map((part): Feature => {
    const name = `background-${part}`;
    return {
      name,
      slug: `css-${name}`,
      isIn: property(name),
      advice: 'The picture lies otherwise',
      limits: [BACKGROUND_LIST],
    };
  }),
  ...['linear', 'radial', 'conic'].map((shape): Feature => ({
    name: `${shape}-gradient()`,
    slug: `css-${shape}-gradient`,
    hasFallback: true,
    isIn: property('background(?:-image)?', new RegExp(`${shape}-gradient\\(`)),
    advice: COLOR,
  })),
  {
    name: 'font-size in rem',
    slug: 'css-font-size',
    limits: [ALL_OF_IT],
    hasFallback: true,
    isIn: property('font-size', /\drem\b/),
    advice: 'Write px',
  },
  {
    name: 'font-weight',
    slug: 'css-font-weight',
    isIn: property('font-weight', /^\d+$/),
    advice: 'Write bold or normal',
    limits: [
      { note: /between 0 and 599/, isIn: never },
      { note: /CSS Fonts Level 4/, isIn: property('font-weight', /^(?![1-9]00$)/) },
    ],
  },
  {
    name: 'list-style',
    slug: 'css-list-style',
    isIn: property('list-style', /url\(|inside|outside/),
    advice: 'Write list-style-type',
    limits: [
      { note: /list-style-image/, isIn: property('list-style', /url\(/) },
      { note: /Only list-style-type/, isIn: property('list-style', /url\(|inside/) },
    ],
  },
  {
    name: 'overflow',
    slug: 'css-overflow',
    isIn: property('overflow(?:-x|-y|-block|-inline)?', /^(?!visible)/),
    advice: 'What does not fit is shown',
    limits: [{ note: /overflow-block|Cannot scroll/, isIn: property('overflow-(?:block|inline)') }],
  },
  {
    name: 'text-decoration',
    slug: 'css-text-decoration',
    isIn: property('text-decoration', /\s|overline/),
    advice: 'Write one word',
    limits: [
      { note: /multiple values|line property|long hand/, isIn: property('text-decoration', /\s/) },
      { note: /overline/, isIn: property('text-decoration', /overline/) },
      { note: /non Google/, isIn: never },
    ],
  },
  {
    name: 'text-indent',
    slug: 'css-text-indent',
    limits: [ALL_OF_IT],
    isIn: property('text-indent', /^-/),
    advice: 'The line begins where the others do',
  },
  {
    name: 'text-transform',
    slug: 'css-text-transform',
    limits: [ALL_OF_IT],
    isIn: property('text-transform', /lowercase/),
    advice: 'Write small letters',
  },
  {
    name: 'white-space: pre',
    slug: 'css-white-space',
    isIn: property('white-space', /^pre\b/),
    advice: 'Write &nbsp; and <br>',
    limits: [{ note: /pre value|non Google/, isIn: property('white-space', /^pre\b/) }],
  },
  {
    name: 'flex-direction: column',
    slug: 'css-flex-direction',
    isIn: property('flex-direction|flex-flow', /column/),
    advice: 'Its parts stand side by side',
  },
  {
    name: 'flex-wrap: wrap',
    slug: 'css-flex-wrap',
    isIn: property('flex-wrap|flex-flow', /\bwrap/),
    advice: 'Its parts stay in one line',
  },
];
