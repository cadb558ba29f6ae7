import { block, LAID_OUT } from './markup.js';
import type { KitPiece } from './piece.js';

/** Small print at the end of a mail: `{{#> mail/footer}}You get this because … {{/mail/footer}}` */
export const footer: KitPiece = {
  kind: 'partial',
  name: 'mail/footer',
  component: { parameters: {}, block: 'required' },
  html: () =>
    block(
      `<table ${LAID_OUT} width="100%"><tr><td class="mail-footer">{{> @partial-block $block}}</td></tr></table>`,
    ),
  text: () => '\n{{> @partial-block $block}}\n',
};
