import { block, isolated, LAID_OUT } from './markup.js';
import type { KitPiece } from './piece.js';
import { TONES, type Theme } from './theme.js';

/** A bar at the start of the line, in the colour of the tone. */
function accent({ light }: Theme): string {
  const cells = TONES.map(
    (tone) =>
      `(eq $tone "${tone}")}}<td class="mail-accent mail-accent-${tone}" width="4" bgcolor="${light.tones[tone]}">&nbsp;</td>`,
  );
  return `{{#if ${cells.join('{{else if ')}{{/if}}`;
}

/** `{{#> mail/panel tone="warning" title="Before you go"}}…{{/mail/panel}}` */
export const panel: KitPiece = {
  kind: 'partial',
  name: 'mail/panel',
  component: {
    parameters: { title: { needed: 'never' }, tone: { needed: 'never', choices: TONES } },
    block: 'required',
  },
  html: (theme) =>
    block(
      `<div class="mail-panel"><table ${LAID_OUT} width="100%"><tr>${accent(theme)}` +
        `<td class="mail-panel-body" bgcolor="${theme.light.subtle}">` +
        `{{#if $title}}<p class="mail-panel-title">${isolated('{{$title}}')}</p>{{/if}}` +
        '{{> @partial-block $block}}</td></tr></table></div>',
    ),
  text: () => '{{#if $title}}\n{{$title}}\n{{/if}}\n{{> @partial-block $block}}\n',
};
