import { CSS_FUNCTIONS } from './css-functions.js';
import { CSS_PROPERTIES } from './css-properties.js';
import { CSS_RULES } from './css-rules.js';
import { CSS_VALUES } from './css-values.js';
import type { Feature } from './feature.js';
import { HTML_FEATURES } from './html-features.js';

export const FEATURES: readonly Feature[] = [
  ...HTML_FEATURES,
  ...CSS_VALUES,
  ...CSS_FUNCTIONS,
  ...CSS_PROPERTIES,
  ...CSS_RULES,
];
