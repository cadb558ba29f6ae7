import { block, LAID_OUT } from './markup.js';
import type { KitPiece } from './piece.js';

/** `{{> mail/divider}}` */
export const divider: KitPiece = {
  kind: 'partial',
  name: 'mail/divider',
  component: { parameters: {}, block: 'none' },
  html: () => block(`<table ${LAID_OUT} width="100%"><tr><td class="mail-divider">&nbsp;</td></tr></table>`),
  text: () => '\n---\n\n',
};
