import { block, isolated } from './markup.js';
import type { KitPiece } from './piece.js';

/** `{{> mail/table rows=facts}}` with `{ label, value }` each, `{{#> mail/table}}<tr>…</tr>{{/mail/table}}`, or both. */
export const table: KitPiece = {
  kind: 'partial',
  name: 'mail/table',
  component: { parameters: { rows: { needed: 'without a block' } }, block: 'optional' },
  html: () =>
    block(
      '<table class="mail-table" width="100%" cellpadding="0" cellspacing="0" border="0">' +
        `{{#each $rows}}<tr><th scope="row">${isolated('{{this.label}}')}</th>` +
        `<td class="mail-end">${isolated('{{this.value}}')}</td></tr>{{/each}}` +
        '{{#if @partial-block}}{{> @partial-block $block}}{{/if}}</table>',
    ),
  text: () =>
    '{{#each $rows}}\n{{this.label}}: {{this.value}}\n{{/each}}\n' +
    '{{#if @partial-block}}\n{{> @partial-block $block}}\n{{/if}}\n',
};
