import type { Component } from '../helpers/component.js';
import type { Theme } from './theme.js';

/** A layout or partial that comes with the package. A theme's values are constants in its sources. */
export interface KitPiece {
  readonly kind: 'layout' | 'partial';
  readonly name: string;
  readonly component?: Component;
  readonly html: (theme: Theme) => string;
  readonly text: (theme: Theme) => string;
}
