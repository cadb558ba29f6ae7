import { escapeHtml } from '../format/preheader.js';

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
