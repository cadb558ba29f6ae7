import { type Feature, property } from './feature.js';

/** Feature → pattern of property names, grouped by the effect of a missing feature. */
const PROPERTIES: ReadonlyArray<readonly [advice: string, names: Readonly<Record<string, string>>]> = [
  [
    'It looks plainer',
    {
      'css-accent-color': 'accent-color',
      'css-backdrop-filter': 'backdrop-filter',
      'css-background-blend-mode': 'background-blend-mode',
      'css-background-clip': 'background-clip',
      'css-background-origin': 'background-origin',
      'css-border-image': 'border-image(?:-.*)?',
      'css-border-radius-logical': 'border-(?:start|end)-(?:start|end)-radius',
      'css-box-shadow': 'box-shadow',
      'css-clip-path': 'clip-path',
      'css-filter': 'filter',
      'css-list-style-image': 'list-style-image',
      'css-mask-image': 'mask(?:-image)?',
      'css-mix-blend-mode': 'mix-blend-mode',
      'css-opacity': 'opacity',
      'css-outline': 'outline',
      'css-outline-offset': 'outline-offset',
      'css-text-decoration-color': 'text-decoration-color',
      'css-text-decoration-line': 'text-decoration-line',
      'css-text-decoration-style': 'text-decoration-style',
      'css-text-decoration-thickness': 'text-decoration-thickness',
      'css-text-emphasis': 'text-emphasis',
      'css-text-shadow': 'text-shadow',
    },
  ],
  ['Nothing moves', { 'css-animation': 'animation(?:-.*)?', 'css-transition': 'transition(?:-.*)?' }],
  [
    'Write the sides by name: left, right, top, bottom, width and height',
    {
      'css-block-inline-size': 'block-size',
      'css-inline-size': 'inline-size',
      'css-border-inline-block': 'border-(?:inline|block)',
      'css-border-inline-block-individual': 'border-(?:inline|block)-(?:color|style|width)',
      'css-border-inline-block-longhand': 'border-(?:inline|block)-(?:start|end)(?:-.*)?',
      'css-margin-block-start-end': 'margin-block-(?:start|end)',
      'css-margin-inline-block': 'margin-(?:inline|block)',
      'css-margin-inline-start-end': 'margin-inline-(?:start|end)',
      'css-padding-block-start-end': 'padding-block-(?:start|end)',
      'css-padding-inline-block': 'padding-(?:inline|block)',
      'css-padding-inline-start-end': 'padding-inline-(?:start|end)',
      'css-max-block-size': 'max-block-size',
      'css-max-inline-size': 'max-inline-size',
      'css-min-block-size': 'min-block-size',
      'css-min-inline-size': 'min-inline-size',
    },
  ],
  [
    'It is as large as what stands in it, or as there is room',
    {
      'css-aspect-ratio': 'aspect-ratio',
      'css-box-sizing': 'box-sizing',
      'css-max-height': 'max-height',
      'css-min-height': 'min-height',
      'css-min-width': 'min-width',
      'css-object-fit': 'object-fit',
      'css-object-position': 'object-position',
    },
  ],
  [
    'Its parts stand as they would without it',
    {
      'css-align-items': 'align-items',
      'css-border-spacing': 'border-spacing',
      'css-caption-side': 'caption-side',
      'css-column-count': 'column-count',
      'css-column-layout-properties': 'column-(?:fill|rule.*|span|width)|columns',
      'css-empty-cells': 'empty-cells',
      'css-grid-template': 'grid-template.*',
      'css-inset': 'inset',
      'css-justify-content': 'justify-content',
      'css-left-right-top-bottom': 'left|right|top|bottom',
      'css-list-style-position': 'list-style-position',
      'css-scroll-snap': 'scroll-snap-.*',
      'css-shape-margin': 'shape-margin',
      'css-shape-outside': 'shape-outside',
      'css-table-layout': 'table-layout',
      'css-transform': 'transform',
      'css-visibility': 'visibility',
      'css-writing-mode': 'writing-mode',
      'css-z-index': 'z-index',
    },
  ],
  [
    'Long words stay whole, or break elsewhere: write <wbr> where they may break',
    {
      'css-overflow-wrap': 'overflow-wrap',
      'css-text-overflow': 'text-overflow',
      'css-word-break': 'word-break',
      'css-word-wrap': 'word-wrap',
    },
  ],
];

/** Values that change nothing, or that every client can do without. */
const NOTHING = /^(?!(?:none|normal|initial|unset|auto|static|visible|0)\s*(?:!\s*important)?$)/;

/** Properties that a client supports or not, whatever their value. */
export const CSS_PROPERTIES: readonly Feature[] = PROPERTIES.flatMap(([advice, features]) =>
  Object.entries(features).map(([slug, names]): Feature => ({
    name: slug.replace(/^css-/, ''),
    slug,
    isIn: property(names, NOTHING),
    advice,
  })),
);
