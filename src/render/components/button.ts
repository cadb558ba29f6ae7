import { block, LAID_OUT } from './markup.js';
import type { KitPiece } from './piece.js';

/** A cell in a colour, with the link in it. Word paints the cell and takes its padding from `mso-padding-alt`. */
function cell(look: string, color: string): string {
  return (
    `<td class="mail-button-cell ${look}-cell" align="center" bgcolor="${color}">` +
    `<a class="mail-button-link ${look}-link" href="{{$href}}">{{> @partial-block $block}}</a></td>`
  );
}

/**
 * `{{#> mail/button href=link}}Confirm{{/mail/button}}`. Written out once for each tone: a class that
 * holds a tag would leave the styles to be inlined with each mail.
 */
export const button: KitPiece = {
  kind: 'partial',
  name: 'mail/button',
  component: {
    parameters: {
      href: { needed: 'always', url: 'link' },
      tone: { needed: 'never', choices: ['primary', 'quiet', 'danger'] },
    },
    block: 'required',
  },
  html: ({ light }) =>
    block(
      `<table class="mail-button" ${LAID_OUT}><tr>` +
        `{{#if (eq $tone "danger")}}${cell('mail-danger', light.tones.danger)}` +
        `{{else if (eq $tone "quiet")}}${cell('mail-quiet', light.surface)}` +
        `{{else}}${cell('mail-primary', light.primary)}{{/if}}</tr></table>`,
    ),
  text: () => '{{> @partial-block $block}} ({{$href}})\n',
};
