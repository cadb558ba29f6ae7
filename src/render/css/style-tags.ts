import { escapeHtml } from '../format/preheader.js';

/** Attribute of a style tag, or of any other, that is left as it is. */
export const NOT_INLINED = 'data-css-inline="ignore"';

/** The attributes in a start tag. */
export const ATTRIBUTES = String.raw`(?:"[^"]*"|'[^']*'|[^>"'])*`;
/** Conditional comments of both kinds included. */
export const COMMENT = String.raw`<!--[^]*?-->|<!\[[^\]]*\]>`;

const LINK = String.raw`<link\b(${ATTRIBUTES})>`;
const STYLE = String.raw`<style\b(${ATTRIBUTES})>([^]*?)</style\s*>`;
const SHEET = new RegExp(`${COMMENT}|${LINK}|${STYLE}`, 'gi');

/** Whether a page or a piece of one brings styles. */
export function bringsStyles(source: string): boolean {
  return /<(?:style|link)\b/i.test(source);
}

/** A `<link rel="stylesheet">`. */
export interface StyleLink {
  readonly href: string;
  readonly offset: number;
  readonly tag: string;
}

export function styleLinks(html: string): readonly StyleLink[] {
  return [...html.matchAll(SHEET)].flatMap(({ 0: tag, 1: link, index }) => {
    const href = link === undefined ? undefined : linkedSheet(link);
    return href === undefined ? [] : [{ href, offset: index, tag }];
  });
}

/** Whether a style sheet would have to be fetched; those are left to the reader's mail client. */
export function isRemote(href: string): boolean {
  return /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(href);
}

/** A style sheet of a page that may be inlined. */
export interface PageSheet {
  readonly css: string;
  readonly from: SheetOrigin;
}

/** Where a style sheet comes from: from the page itself, a file that it links, or the component kit. */
export type SheetOrigin = 'page' | 'file' | 'kit';

/** Begins a style sheet of the component kit. */
export const KIT_SHEET = '/*mail-kit*/';

/** The local style sheet behind a link's `href`, if there is one. */
export type FindSheet = (href: string) => string | undefined;

/** Writes something else into every style sheet that may be inlined; a link becomes a `<style>`. */
export function withSheets(html: string, find: FindSheet, change: (sheet: PageSheet) => string): string {
  return html.replace(SHEET, (tag: string, link?: string, style?: string, css?: string) => {
    if (link !== undefined) return linkedStyle(link, find, change) ?? tag;
    if (style === undefined || css === undefined) return tag;
    if (style.includes(NOT_INLINED)) return tag.replace(` ${NOT_INLINED}`, '');
    return isForAll(style)
      ? `<style${style}>${change({ css, from: css.startsWith(KIT_SHEET) ? 'kit' : 'page' })}</style>`
      : tag;
  });
}

function linkedStyle(
  link: string,
  find: FindSheet,
  change: (sheet: PageSheet) => string,
): string | undefined {
  const href = linkedSheet(link);
  const css = href === undefined ? undefined : find(href);
  if (css === undefined) return undefined;
  const media = attribute(link, 'media');
  const content = isForAll(link) ? change({ css, from: 'file' }) : css;
  return `<style${media ? ` media="${escapeHtml(media)}"` : ''}>${content}</style>`;
}

/** The `href` of a link to a style sheet. */
function linkedSheet(link: string): string | undefined {
  return /\bstylesheet\b/i.test(attribute(link, 'rel') ?? '') ? attribute(link, 'href') : undefined;
}

/** Whether a sheet counts wherever a mail is read, and is one of CSS. */
function isForAll(attributes: string): boolean {
  const type = attribute(attributes, 'type') ?? '';
  return /^(?:all|screen)?$/i.test(attribute(attributes, 'media') ?? '') && /^(?:text\/css)?$/i.test(type);
}

function attribute(attributes: string, name: string): string | undefined {
  const pattern = new RegExp(String.raw`(?:^|\s)${name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`, 'i');
  const [, double, single, bare] = pattern.exec(attributes) ?? [];
  return double ?? single ?? bare;
}
