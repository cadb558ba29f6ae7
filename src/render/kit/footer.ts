import { block } from './markup.js';
import type { KitPiece } from './piece.js';

/** Small print at the end of a mail: `{{#> mail/footer}}You get this because … {{/mail/footer}}` */
export const footer: KitPiece = {
  kind: 'partial',
  name: 'mail/footer',
  component: { parameters: {}, block: 'required' },
  html: () => block('<div class="mail-footer">{{> @partial-block $block}}</div>'),
  text: () => '\n{{> @partial-block $block}}\n',
};
