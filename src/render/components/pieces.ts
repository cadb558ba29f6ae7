import { escapeHtml } from '../format/preheader.js';
import type { Component } from '../helpers/component.js';
import { CARD_PADDING } from './styles.js';
import { TONES, type Theme } from './theme.js';

/** A layout or partial that comes with the package. A theme's values are constants in its sources. */
export interface KitPiece {
  readonly kind: 'layout' | 'partial';
  readonly name: string;
  readonly component?: Component;
  readonly html: (theme: Theme) => string;
  readonly text: (theme: Theme) => string;
}

/** What every table that lays a page out begins with; a screen reader passes it over. */
export const LAID_OUT = 'role="presentation" cellpadding="0" cellspacing="0" border="0"';

/** One full-width cell; its padding is a margin that Outlook keeps. */
export function block(content: string): string {
  return `<table class="mail-row" ${LAID_OUT} width="100%"><tr><td class="mail-block">${content}</td></tr></table>\n`;
}

/** Text of a theme as it stands in a template's html. */
export function literal(text: string): string {
  return escapeHtml(text).replaceAll('{', '&#123;');
}

/** A value in its own direction, whatever that of the text around it: `4 Harbour Row` in an Arabic mail. */
export function isolated(value: string): string {
  return `<span dir="auto">${value}</span>`;
}

/** A cell of a button in a colour, with the link in it. Word paints the cell and takes its padding from `mso-padding-alt`. */
function buttonCell(look: string, color: string): string {
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
        `{{#if (eq $tone "danger")}}${buttonCell('mail-danger', light.tones.danger)}` +
        `{{else if (eq $tone "quiet")}}${buttonCell('mail-quiet', light.surface)}` +
        `{{else}}${buttonCell('mail-primary', light.primary)}{{/if}}</tr></table>`,
    ),
  text: () => '{{> @partial-block $block}} ({{$href}})\n',
};

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

/** `{{> mail/divider}}` */
export const divider: KitPiece = {
  kind: 'partial',
  name: 'mail/divider',
  component: { parameters: {}, block: 'none' },
  html: () => block(`<table ${LAID_OUT} width="100%"><tr><td class="mail-divider">&nbsp;</td></tr></table>`),
  text: () => '\n---\n\n',
};

/** `{{> mail/image src=photo alt="The harbour at dawn" width=400}}`; as wide as the text where no width is given. */
export const image: KitPiece = {
  kind: 'partial',
  name: 'mail/image',
  component: {
    parameters: {
      src: { needed: 'always', url: 'image' },
      alt: { needed: 'always' },
      width: { needed: 'never' },
      href: { needed: 'never', url: 'link' },
    },
    block: 'none',
  },
  html: ({ width }) => {
    const full = width - 2 * CARD_PADDING;
    // The class comes last: the inliner takes it out, and the last attribute fills its place; tags that change
    // their order that way would keep the styles from being inlined when a page is compiled.
    const picture = `<img src="{{$src}}" alt="{{$alt}}" width="{{default $width ${full}}}" class="mail-image">`;
    return block(`{{#if $href}}<a href="{{$href}}">${picture}</a>{{else}}${picture}{{/if}}`);
  },
  text: () => '{{$alt}}{{#if $href}} ({{$href}}){{/if}}\n',
};

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
