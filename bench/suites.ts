import { compose } from './suites/compose.js';
import { render } from './suites/render.js';
import { smtp } from './suites/smtp.js';
import type { Suite } from './rounds.js';

export const SUITES: ReadonlyMap<string, Suite> = new Map([
  ['render', render],
  ['compose', compose],
  ['smtp', smtp],
]);
