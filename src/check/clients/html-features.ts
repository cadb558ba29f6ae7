import { attribute, type Feature, type FeatureOf, type IsIn, never, tag } from './feature.js';

const FALLBACK = 'What stands inside the tag is shown instead: a linked picture, best';
const PAGE = 'Link to a page';
const TEXT = 'What stands in it is shown as plain text';
const SEMANTIC = 'article|aside|details|figcaption|figure|footer|header|main|mark|nav|section|summary|time';
const ATTACHED = 'Attach it with a cid, or link it';

function element(
  slug: string,
  advice: string,
  isIn: IsIn = tag(slug.replace(/^html-/, '')),
  more: FeatureOf = {},
): Feature {
  return { name: `<${slug.replace(/^html-/, '').replaceAll('-', ' ')}>`, slug, isIn, advice, ...more };
}

function input(type: string): Feature {
  const isOf: IsIn = tag('input', ({ attributes }) => (attributes['type'] ?? 'text').toLowerCase() === type);
  return {
    ...element(`html-input-${type}`, PAGE, isOf, {
      breaks: true,
      limits: [{ note: /space bar|Screen jumps/, isIn: never }],
    }),
    name: `<input type="${type}">`,
  };
}

function button(type: string): Feature {
  const isOf: IsIn = tag(
    'button',
    ({ attributes }) => (attributes['type'] ?? 'submit').toLowerCase() === type,
  );
  return { ...element(`html-button-${type}`, PAGE, isOf), name: `<button type="${type}">` };
}

function image(name: string, format: string, advice: string, src: RegExp, more: FeatureOf = {}): Feature {
  return { name, slug: `image-${format}`, isIn: attribute('src', src, 'img'), advice, breaks: true, ...more };
}

/** Tags, attributes and images. */
export const HTML_FEATURES: readonly Feature[] = [
  { name: '<script>', slug: 'script', isIn: tag('script'), advice: 'No script runs in a mail', breaks: true },
  {
    name: '<iframe> or <embed>',
    slug: 'iframe',
    isIn: tag('iframe|embed'),
    advice: 'The tag is taken out',
    breaks: true,
  },
  element('html-object', FALLBACK, undefined, { breaks: true }),
  element('html-audio', FALLBACK),
  element('html-video', FALLBACK, undefined, {
    limits: [
      { note: /controls attribute/, isIn: tag('video', ({ attributes }) => !('controls' in attributes)) },
      { note: /autoplay/, isIn: never },
    ],
  }),
  element('html-form', PAGE),
  ...['checkbox', 'radio', 'reset', 'submit', 'text'].map(input),
  ...['reset', 'submit'].map(button),
  element('html-select', PAGE),
  element('html-textarea', PAGE, undefined, { limits: [{ note: /space bar|Screen jumps/, isIn: never }] }),
  element('html-svg', 'Send a PNG', undefined, { breaks: true }),
  element('html-picture', 'The <img> in it is shown'),
  element('html-dialog', TEXT),
  element('html-marquee', TEXT),
  element('html-meter', TEXT),
  element('html-progress', TEXT),
  element('html-bdi', 'Write <span dir="auto">'),
  element('html-ruby', TEXT),
  element('html-rt', TEXT),
  element('html-rp', TEXT),
  element('html-wbr', 'Long words do not break there'),
  {
    ...element('html-lists', 'Write the numbers down', tag('ol|ul|dl'), {
      limits: [
        { note: /reversed/, isIn: tag('ol', ({ attributes }) => 'reversed' in attributes) },
        { note: /value attribute/, isIn: never },
      ],
    }),
    name: '<ol reversed>',
  },
  {
    ...element('html-semantics', 'Write <div>, if it is styled', tag(SEMANTIC), {
      limits: [
        { note: /^<details>/, isIn: tag('details|main|nav|summary') },
        { note: /Only <time>/, isIn: tag(SEMANTIC.replace('|time', '')) },
      ],
    }),
    name: '<section> and the like',
  },
  {
    ...element('html-style', 'Put all that matters into style attributes', tag('style'), {
      limits: [
        { note: /inside the <body>/, isIn: tag('style', ({ inBody }) => inBody) },
        { note: /16 KB|non Google|before their rules/, isIn: never },
      ],
    }),
  },
  {
    ...element('html-link', 'Put the rules into the mail'),
    name: 'linked style sheet',
    isIn: tag('link', ({ attributes }) => /\bstylesheet\b/i.test(attributes['rel'] ?? '')),
  },
  {
    name: 'image map',
    slug: 'html-image-maps',
    isIn: attribute('usemap'),
    advice: 'Cut the image, and link its pieces',
    breaks: true,
  },
  {
    name: 'srcset',
    slug: 'html-srcset',
    isIn: attribute('srcset|sizes'),
    advice: 'It shows what src names',
  },
  {
    name: 'background attribute',
    slug: 'html-background',
    isIn: attribute('background'),
    advice: 'Give a bgcolor as well',
    limits: [{ note: /<body>/, isIn: attribute('background', /^/, 'table|tr|td|th') }],
  },
  {
    name: 'dir attribute',
    slug: 'html-dir',
    isIn: attribute('dir', /rtl/i),
    advice: 'Write direction in the style attribute as well',
    limits: [{ note: /<a>/, isIn: attribute('dir', /rtl/i, 'a') }],
  },
  {
    name: 'hidden attribute',
    slug: 'html-hidden',
    isIn: attribute('hidden'),
    advice: 'It is shown: write style="display:none"',
    breaks: true,
  },
  image('SVG image', 'svg', 'Send a PNG', /^[^?#]*\.svgz?(?:[?#]|$)|^data:image\/svg/i),
  image('WebP image', 'webp', 'Send a PNG or JPEG', /^[^?#]*\.webp(?:[?#]|$)|^data:image\/webp/i, {
    limits: [{ note: /Converts|animation|browser support/, isIn: never }],
  }),
  image('AVIF image', 'avif', 'Send a PNG or JPEG', /^[^?#]*\.avif(?:[?#]|$)|^data:image\/avif/i, {
    limits: [{ note: /Converts|browser/, isIn: never }],
  }),
  image('image in a data: URL', 'base64', ATTACHED, /^data:/i, {
    limits: [
      { note: /gif format/, isIn: attribute('src', /^data:image\/gif/i) },
      { note: /Only supports Base 64 png/, isIn: attribute('src', /^data:(?!image\/png)/i) },
    ],
  }),
];
