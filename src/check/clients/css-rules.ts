import { namesMailHook } from '../../render/css/mail-hooks.js';
import { atRule, type Feature, type IsIn, type Limit, never, selector } from './feature.js';

/** A client without style sheets supports no selectors; the finding about `<style>` says so already. */
const OTHER_ACCOUNTS: Limit = { note: /non Google accounts/, isIn: never };
const UNSTYLED = 'Its rule is left out: write it into the style attribute';

const STATES =
  'active checked default focus focus-visible focus-within has hover lang link not target visited ' +
  'first-child first-of-type last-child last-of-type nth-child nth-last-child nth-last-of-type nth-of-type ' +
  'only-child only-of-type';
const ELEMENTS = 'after before first-letter first-line marker placeholder';

function pseudo(kind: 'class' | 'element', name: string): Feature {
  const colons = kind === 'class' ? ':' : '::';
  const written = `::?${name}(?![\\w-])`;
  const afterName: IsIn = selector(new RegExp(`(?:[.#][\\w-]+|\\]|^|[\\s>+~])${written}`));
  const isHover = name === 'hover' || name === 'active' || name.startsWith('focus');
  return {
    name: `${colons}${name}`,
    slug: `css-pseudo-${kind}-${name}`,
    isIn: told(selector(new RegExp(written))),
    advice: isHover ? 'Nothing changes' : UNSTYLED,
    limits: [{ note: /type selectors/, isIn: afterName }, OTHER_ACCOUNTS],
  };
}

/** Selectors that match markup added by one mail program are not meant for the others. */
function told(isIn: IsIn): IsIn {
  return (use) => use.kind === 'selector' && !namesMailHook(use.selector) && isIn(use);
}

function bracket(pattern: RegExp): IsIn {
  return (use) => use.kind === 'selector' && pattern.test(use.selector);
}

/** Features that only a style sheet can have. */
export const CSS_RULES: readonly Feature[] = [
  {
    name: '@media',
    slug: 'css-at-media',
    isIn: atRule(
      /^@media\b(?![^]*\b(?:prefers-color-scheme|prefers-reduced-motion|orientation|hover|(?:min-|max-)?device-pixel-ratio)\b)/i,
    ),
    advice: 'What is outside of it has to suit every width',
    limits: [
      { note: /^Does not support height/, isIn: atRule(/\bheight\b/i) },
      { note: /nested|Nested/, isIn: never },
      {
        note: /Only supports screen/,
        isIn: atRule(
          /^@media\b(?!\s*(?:(?:only|and|all|screen|\((?:min|max)-(?:width|height)[^)]*\)|,)\s*)*$)/i,
        ),
      },
    ],
  },
  {
    name: '@media (prefers-color-scheme)',
    slug: 'css-at-media-prefers-color-scheme',
    isIn: atRule(/^@media\b[^]*\bprefers-color-scheme\b/i),
    advice: 'Some darken mails by themselves: choose colors that bear it',
  },
  {
    name: '@media (prefers-reduced-motion)',
    slug: 'css-at-media-prefers-reduced-motion',
    isIn: atRule(/^@media\b[^]*\bprefers-reduced-motion\b/i),
    advice: 'Begin without motion',
  },
  {
    name: '@media (orientation)',
    slug: 'css-at-media-orientation',
    isIn: atRule(/^@media\b[^]*\borientation\b/i),
    advice: 'Ask for a width',
    limits: [{ note: /portrait/, isIn: atRule(/portrait/i) }],
  },
  {
    name: '@media (hover)',
    slug: 'css-at-media-hover',
    isIn: atRule(/^@media\b[^]*\b(?:any-)?hover\b/i),
    advice: 'Nothing changes under the pointer',
  },
  {
    name: '@media (-webkit-device-pixel-ratio)',
    slug: 'css-at-media-device-pixel-ratio',
    isIn: atRule(/^@media\b[^]*\bdevice-pixel-ratio\b/i),
    advice: 'Send large pictures, and give their width',
  },
  {
    name: '@font-face',
    slug: 'css-at-font-face',
    isIn: atRule(/^@font-face\b/i),
    advice: 'Name fonts to fall back on; for Outlook in mso-font-alt',
  },
  {
    name: '@import',
    slug: 'css-at-import',
    isIn: atRule(/^@import\b/i),
    advice: 'Put the rules into the mail',
  },
  { name: '@keyframes', slug: 'css-at-keyframes', isIn: atRule(/^@keyframes\b/i), advice: 'Nothing moves' },
  {
    name: '@supports',
    slug: 'css-at-supports',
    isIn: atRule(/^@supports\b/i),
    advice: 'What is outside of it has to do without',
  },
  {
    name: 'nested rules',
    slug: 'css-nesting',
    isIn: (use) => use.kind === 'selector' && use.isNested,
    advice: 'Write them one after the other',
    limits: [{ note: /E \{ & F/, isIn: (use) => use.kind === 'selector' && !use.selector.includes('&') }],
    breaks: true,
  },
  ...STATES.split(' ').map((name) => pseudo('class', name)),
  ...ELEMENTS.split(' ').map((name) => pseudo('element', name)),
  {
    name: 'attribute selector',
    slug: 'css-selector-attribute',
    isIn: told(selector(/\[/)),
    advice: UNSTYLED,
    limits: [
      { note: /Only class as/, isIn: bracket(/\[(?!\s*class\s*~=)/) },
      { note: /Can not be used with a class/, isIn: bracket(/\.[\w-]+\[/) },
      { note: /Only supports \[attr\],/, isIn: bracket(/[\^$*]=/) },
      { note: /Only supports \[attr=value\]/, isIn: bracket(/\[[^\]=]*(?:\]|[~|^$*]=)/) },
      { note: /is prefixed class=/, isIn: bracket(/\[\s*class\s*=/) },
      OTHER_ACCOUNTS,
    ],
  },
  {
    name: 'selector of several classes',
    slug: 'css-selector-chaining',
    isIn: told(selector(/[.#][\w-]+[.#]/)),
    advice: 'Give it one class',
    limits: [{ note: /class or ID/, isIn: never }, OTHER_ACCOUNTS],
  },
  ...(
    [
      ['child selector >', 'child', />/],
      ['sibling selector +', 'adjacent-sibling', /\+/],
      ['sibling selector ~', 'general-sibling', /~/],
      ['universal selector *', 'universal', /\*/],
    ] as const
  ).map(([name, slug, pattern]): Feature => ({
    name,
    slug: `css-selector-${slug}`,
    isIn: told(selector(pattern)),
    advice: UNSTYLED,
    limits: [{ note: /class or ID/, isIn: never }, OTHER_ACCOUNTS],
  })),
];
