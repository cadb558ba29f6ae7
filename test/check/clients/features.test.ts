import { CSS_PROPERTIES } from '../../../src/check/clients/css-properties.js';
import { CSS_RULES } from '../../../src/check/clients/css-rules.js';
import { FEATURES } from '../../../src/check/clients/features.js';
import { MAIL_CLIENTS } from '../../../src/check/clients/mail-client.js';
import { markupUses } from '../../../src/check/clients/markup-uses.js';
import { verdictsOn } from '../../../src/check/clients/verdict.js';

const style = (css: string): string => `<p style="${css}">`;
const sheet = (css: string): string => `<style>${css}</style>`;

/** Properties whose name does not begin as the feature's does. */
const PROPERTY: Readonly<Record<string, string>> = {
  'block-inline-size': 'block-size',
  'border-inline-block': 'border-inline',
  'border-inline-block-individual': 'border-block-color',
  'border-inline-block-longhand': 'border-inline-start',
  'border-radius-logical': 'border-start-end-radius',
  'column-layout-properties': 'column-width',
  'grid-template': 'grid-template-columns',
  'left-right-top-bottom': 'top',
  'margin-block-start-end': 'margin-block-start',
  'margin-inline-block': 'margin-inline',
  'margin-inline-start-end': 'margin-inline-end',
  'padding-block-start-end': 'padding-block-start',
  'padding-inline-block': 'padding-block',
  'padding-inline-start-end': 'padding-inline-end',
  'scroll-snap': 'scroll-snap-type',
};

/** An example of each feature; a feature without one fails below. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'display: flex': style('display: flex'),
  'display: grid': style('display: inline-grid'),
  display: style('display: flow-root'),
  'display: none': '<img style="display: none">',
  position: style('position: sticky'),
  float: style('float: left'),
  clear: style('clear: both'),
  gap: style('column-gap: 4px'),
  'text-align: start or end': style('text-align: end'),
  margin: style('margin: 0 auto'),
  'padding of anything but a cell': style('padding-left: 4px'),
  'max-width': style('max-width: 600px'),
  width: style('width: 50%'),
  height: style('height: 20px'),
  border: style('border-left: 12px solid red'),
  'border-radius': style('border-top-left-radius: 4px'),
  'background image': style('background-image: url(https://a.test/x.png)'),
  background: style('background: red, blue'),
  'background-color': style('background-color: coral'),
  'background-position': style('background-position: top'),
  'background-repeat': style('background-repeat: no-repeat'),
  'background-size': style('background-size: cover'),
  'linear-gradient()': style('background-image: linear-gradient(red)'),
  'radial-gradient()': style('background-image: radial-gradient(red)'),
  'conic-gradient()': style('background-image: conic-gradient(red)'),
  'font-size in rem': style('font-size: 2rem'),
  'font-weight': style('font-weight: 650'),
  'list-style': style('list-style: inside'),
  overflow: style('overflow: hidden'),
  'text-decoration': style('text-decoration: underline dotted'),
  'text-indent': style('text-indent: -4px'),
  'text-transform': style('text-transform: lowercase'),
  'white-space: pre': style('white-space: pre-wrap'),
  'flex-direction: column': style('flex-direction: column'),
  'flex-wrap: wrap': style('flex-wrap: wrap'),
  'rgb()': style('color: rgb(0 0 0)'),
  'rgba()': style('color: rgba(0, 0, 0, .5)'),
  'lch(), oklch(), lab() or oklab()': style('color: oklch(60% 0.1 20)'),
  'light-dark()': style('color: light-dark(red, blue)'),
  'calc()': style('font-size: calc(1px + 1px)'),
  'clamp()': style('font-size: clamp(1px, 2px, 3px)'),
  'max()': style('font-size: max(1px, 2px)'),
  'min()': style('font-size: min(1px, 2px)'),
  'fit-content, min-content or max-content': style('width: max-content'),
  ...Object.fromEntries(
    ['ch', 'rem', 'vh', 'vmax', 'vmin', 'vw'].map((unit) => [
      `the unit ${unit}`,
      style(`line-height: 4${unit}`),
    ]),
  ),
  'CSS variables': style('color: var(--ink)'),
  ...Object.fromEntries(CSS_PROPERTIES.map(({ name }) => [name, style(`${PROPERTY[name] ?? name}: some`)])),
  '@media': sheet('@media (max-width: 600px) { a { color: red } }'),
  '@media (prefers-color-scheme)': sheet('@media (prefers-color-scheme: dark) { a { color: red } }'),
  '@media (prefers-reduced-motion)': sheet('@media (prefers-reduced-motion) { a { color: red } }'),
  '@media (orientation)': sheet('@media (orientation: portrait) { a { color: red } }'),
  '@media (hover)': sheet('@media (any-hover: none) { a { color: red } }'),
  '@media (-webkit-device-pixel-ratio)': sheet(
    '@media (-webkit-min-device-pixel-ratio: 2) { a { color: red } }',
  ),
  '@font-face': sheet('@font-face { font-family: X }'),
  '@import': sheet('@import url(https://a.test/x.css);'),
  '@keyframes': sheet('@keyframes x { to { color: red } }'),
  '@supports': sheet('@supports (color: red) { a { color: red } }'),
  'nested rules': sheet('a { & b { color: red } }'),
  ...Object.fromEntries(
    CSS_RULES.filter(({ name }) => name.startsWith(':')).map(({ name }) => [
      name,
      sheet(`a${name} { color: red }`),
    ]),
  ),
  'attribute selector': sheet('[href] { color: red }'),
  'selector of several classes': sheet('.a.b { color: red }'),
  'child selector >': sheet('a > b { color: red }'),
  'sibling selector +': sheet('a + b { color: red }'),
  'sibling selector ~': sheet('a ~ b { color: red }'),
  'universal selector *': sheet('* { color: red }'),
  '<script>': '<script></script>',
  '<iframe> or <embed>': '<iframe></iframe>',
  '<object>': '<object></object>',
  '<audio>': '<audio></audio>',
  '<video>': '<video></video>',
  '<form>': '<form></form>',
  ...Object.fromEntries(
    ['checkbox', 'radio', 'reset', 'submit', 'text'].map((type) => [
      `<input type="${type}">`,
      `<input type="${type}">`,
    ]),
  ),
  '<button type="reset">': '<button type="reset"></button>',
  '<button type="submit">': '<button></button>',
  '<select>': '<select></select>',
  '<textarea>': '<textarea></textarea>',
  '<svg>': '<svg></svg>',
  '<picture>': '<picture></picture>',
  '<dialog>': '<dialog></dialog>',
  '<marquee>': '<marquee></marquee>',
  '<meter>': '<meter></meter>',
  '<progress>': '<progress></progress>',
  '<bdi>': '<bdi></bdi>',
  '<ruby>': '<ruby></ruby>',
  '<rt>': '<rt></rt>',
  '<rp>': '<rp></rp>',
  '<wbr>': '<wbr>',
  '<ol reversed>': '<ol reversed></ol>',
  '<section> and the like': '<main></main>',
  '<style>': '<body><style></style>',
  'linked style sheet': '<link rel="stylesheet" href="https://a.test/x.css">',
  'image map': '<img usemap="#x">',
  srcset: '<img srcset="x2.png 2x">',
  'background attribute': '<td background="https://a.test/x.png">',
  'dir attribute': '<a dir="rtl">',
  'hidden attribute': '<p hidden>',
  'SVG image': '<img src="https://a.test/x.svg?v=1">',
  'WebP image': '<img src="https://a.test/x.webp">',
  'AVIF image': '<img src="https://a.test/x.avif#x">',
  'image in a data: URL': '<img src="data:image/jpeg;base64,AA==">',
};

/** Other features that an example needs. */
const BESIDE: ReadonlySet<string> = new Set(['<style>']);

test.each(FEATURES.map((feature) => [feature.name, feature] as const))(
  '%s is found in its example and in no other, and somebody does not show it',
  (name, feature) => {
    const found = Object.entries(EXAMPLES).filter(([, html]) => markupUses(html).some(feature.isIn));
    const examples = found.map(([example]) => example);
    expect(examples).toContain(name);
    if (!BESIDE.has(name)) expect(examples).toEqual([name]);
    const uses = markupUses(EXAMPLES[name] ?? '').filter(feature.isIn);
    const levels = MAIL_CLIENTS.flatMap((client) =>
      uses.flatMap((use) => verdictsOn(feature, use, client).map(({ level }) => level)),
    );
    expect(levels).toEqual(expect.arrayContaining([expect.stringMatching(/^(?:no|partial)$/)]));
  },
);
