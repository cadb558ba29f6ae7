import { escapeHtml } from '../format/preheader.js';
import type { Component } from '../helpers/component.js';
import { CARD_PADDING } from './styles.js';
import { TONES, type Theme } from './theme.js';

/** A layout or partial of the package. Its sources contain the values of the theme as constants. */
export interface KitTemplate {
  readonly kind: 'layout' | 'partial';
  readonly name: string;
  readonly component?: Component;
  readonly html: (theme: Theme) => string;
  readonly text: (theme: Theme) => string;
}

/** The attributes of a layout table, which screen readers skip. */
export const LAID_OUT = 'role="presentation" cellpadding="0" cellspacing="0" border="0"';

/** A cell of full width; its padding serves as a margin, which Outlook would drop. */
function block(content: string): string {
  return `<table class="mail-row" ${LAID_OUT} width="100%"><tr><td class="mail-block">${content}</td></tr></table>\n`;
}

/** Escapes text of a theme for the html of a template. */
export function literal(text: string): string {
  return escapeHtml(text).replaceAll('{', '&#123;');
}

/** Gives a value its own direction, whatever that of the text around it: `4 Harbour Row` in an Arabic mail. */
export function isolated(value: string): string {
  return `<span dir="auto">${value}</span>`;
}

/** The cell of a button, with its link. Word paints the cell and takes its padding from `mso-padding-alt`. */
function buttonCell(look: string, color: string): string {
  return (
    `<td class="mail-button-cell ${look}-cell" align="center" bgcolor="${color}">` +
    `<a class="mail-button-link ${look}-link" href="{{$href}}">{{> @partial-block $block}}</a></td>`
  );
}

/**
 * `{{#> mail/button href=link}}Confirm{{/mail/button}}`. Has a cell for each tone, because a tag in the class
 * attribute would take the page off the fast path.
 */
export const button: KitTemplate = {
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

/** A bar in the colour of the tone, at the start of the panel. */
function accent({ light }: Theme): string {
  const cells = TONES.map(
    (tone) =>
      `(eq $tone "${tone}")}}<td class="mail-accent mail-accent-${tone}" width="4" bgcolor="${light.tones[tone]}">&nbsp;</td>`,
  );
  return `{{#if ${cells.join('{{else if ')}{{/if}}`;
}

/** `{{#> mail/panel tone="warning" title="Before you go"}}…{{/mail/panel}}` */
export const panel: KitTemplate = {
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

/** `{{> mail/table rows=facts}}` with rows `{ label, value }`, `{{#> mail/table}}<tr>…</tr>{{/mail/table}}`, or both. */
export const table: KitTemplate = {
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

export const divider: KitTemplate = {
  kind: 'partial',
  name: 'mail/divider',
  component: { parameters: {}, block: 'none' },
  html: () => block(`<table ${LAID_OUT} width="100%"><tr><td class="mail-divider">&nbsp;</td></tr></table>`),
  text: () => '\n---\n\n',
};

/** `{{> mail/image src=photo alt="The harbour at dawn" width=400}}`; without a width it is as wide as the text. */
export const image: KitTemplate = {
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
    // The class comes last: the inliner removes it and moves the last attribute into its place. If that changed
    // the order of the placeholders, the page would leave the fast path.
    const picture = `<img src="{{$src}}" alt="{{$alt}}" width="{{default $width ${full}}}" class="mail-image">`;
    return block(`{{#if $href}}<a href="{{$href}}">${picture}</a>{{else}}${picture}{{/if}}`);
  },
  text: () => '{{$alt}}{{#if $href}} ({{$href}}){{/if}}\n',
};

/** Small print at the end of a mail: `{{#> mail/footer}}You get this because … {{/mail/footer}}` */
export const footer: KitTemplate = {
  kind: 'partial',
  name: 'mail/footer',
  component: { parameters: {}, block: 'required' },
  html: () =>
    block(
      `<table ${LAID_OUT} width="100%"><tr><td class="mail-footer">{{> @partial-block $block}}</td></tr></table>`,
    ),
  text: () => '\n{{> @partial-block $block}}\n',
};
