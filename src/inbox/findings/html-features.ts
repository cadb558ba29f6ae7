import type { Feature } from './css-features.js';
import { no, partial } from './mail-client.js';
import type { TagUse } from './markup-use.js';

function tag(isIn: (use: TagUse) => boolean): Feature['isIn'] {
  return (use) => use.kind === 'tag' && isIn(use);
}

function named(...names: readonly string[]): Feature['isIn'] {
  return tag((use) => names.includes(use.tag));
}

function image(src: RegExp): Feature['isIn'] {
  return tag((use) => use.tag === 'img' && src.test(use.attributes['src']?.trim() ?? ''));
}

const FALLBACK = 'What stands inside the tag is shown instead: a linked picture, best';
const REMOVED = 'The tag is taken out';

/** Tags and images, as tested on the clients by the Can I email project. */
export const HTML_FEATURES: readonly Feature[] = [
  {
    name: '<script>',
    isIn: named('script'),
    gaps: {
      Gmail: no(REMOVED),
      'Outlook (Windows)': no(REMOVED),
      'Apple Mail': no('No script runs in a mail'),
      'Outlook.com': no(REMOVED),
      'Yahoo Mail': no(REMOVED),
    },
  },
  {
    name: '<iframe>, <object> or <embed>',
    isIn: named('iframe', 'object', 'embed'),
    gaps: {
      Gmail: no(REMOVED),
      'Outlook (Windows)': no(REMOVED),
      'Outlook.com': no(REMOVED),
      'Yahoo Mail': no(REMOVED),
    },
  },
  {
    name: '<video> or <audio>',
    isIn: named('video', 'audio'),
    gaps: {
      Gmail: no(FALLBACK),
      'Outlook (Windows)': no(FALLBACK),
      'Outlook.com': no(FALLBACK),
      'Yahoo Mail': no(FALLBACK),
    },
  },
  {
    name: '<form>',
    isIn: named('form'),
    gaps: {
      Gmail: partial('It is not submitted on iPhones: link to a page'),
      'Outlook (Windows)': no('Link to a page'),
      'Outlook.com': partial('It is submitted only from a window of its own'),
      'Yahoo Mail': partial('Not on iPhones: link to a page'),
    },
  },
  {
    name: '<svg>',
    isIn: named('svg'),
    gaps: {
      Gmail: no('Send a PNG'),
      'Outlook (Windows)': no('Send a PNG'),
      'Outlook.com': no('Send a PNG'),
      'Yahoo Mail': no('Send a PNG'),
    },
  },
  {
    name: 'SVG image',
    isIn: image(/^[^?#]*\.svgz?(?:[?#]|$)|^data:image\/svg/i),
    gaps: { Gmail: no('Send a PNG'), 'Outlook (Windows)': no('Send a PNG') },
  },
  {
    name: 'WebP image',
    isIn: image(/^[^?#]*\.webp(?:[?#]|$)|^data:image\/webp/i),
    gaps: {
      Gmail: partial('It is made a JPEG, without transparency and motion'),
      'Outlook (Windows)': no('Send a PNG or a JPEG'),
    },
  },
  {
    name: 'image in a data: URL',
    isIn: image(/^data:/i),
    gaps: {
      Gmail: partial('Not on iPhones: attach it with a cid, or link it'),
      'Outlook (Windows)': no('Attach it with a cid, or link it'),
    },
  },
  {
    name: 'srcset',
    isIn: tag((use) => use.attributes['srcset'] !== undefined),
    gaps: {
      Gmail: no('It shows what src names'),
      'Outlook (Windows)': no('It shows what src names'),
      'Outlook.com': no('It shows what src names'),
      'Yahoo Mail': no('It shows what src names'),
    },
  },
  {
    name: 'linked style sheet',
    isIn: tag((use) => use.tag === 'link' && /\bstylesheet\b/i.test(use.attributes['rel'] ?? '')),
    gaps: {
      Gmail: no('Put the rules into the mail'),
      'Outlook.com': no('Put the rules into the mail'),
      'Yahoo Mail': no('Put the rules into the mail'),
    },
  },
  {
    name: '<style> in the body',
    isIn: tag((use) => use.tag === 'style' && use.inBody),
    gaps: {
      Gmail: no('Put it into the head'),
      'Outlook (Windows)': no('Put it into the head'),
    },
  },
];
