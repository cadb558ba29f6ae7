import { escapeHtml } from '../format/preheader.js';

/** The attribute of a tag that the inliner leaves alone. */
export const NOT_INLINED = 'data-css-inline="ignore"';

/** Matches the attributes in a start tag. */
export const ATTRIBUTES = String.raw`(?:"[^"]*"|'[^']*'|[^>"'])*`;
/** Matches comments, including conditional comments of both kinds. */
export const COMMENT = String.raw`<!--[^]*?-->|<!\[[^\]]*\]>`;

const LINK = String.raw`<link\b(${ATTRIBUTES})>`;
const STYLE = String.raw`<style\b(${ATTRIBUTES})>([^]*?)</style\s*>`;
const SHEET = new RegExp(`${COMMENT}|${LINK}|${STYLE}`, 'gi');

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

/** Whether a style sheet would have to be fetched, which is left to the reader's mail program. */
export function isRemote(href: string): boolean {
  return /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(href);
}

/** A style sheet of a page that may be inlined. */
interface PageSheet {
  readonly css: string;
  readonly from: SheetOrigin;
}

/** The origin of a style sheet: the page itself, a file that it links, or the component kit. */
export type SheetOrigin = 'page' | 'file' | 'kit';

/** Marks the beginning of the component kit's style sheet. */
export const KIT_SHEET = '/*mail-kit*/';

/** The local style sheet behind a link's `href`, if there is one. */
export type FindSheet = (href: string) => string | undefined;

/** Replaces the content of every style sheet that may be inlined; a link becomes a `<style>`. */
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

function linkedSheet(link: string): string | undefined {
  return /\bstylesheet\b/i.test(attribute(link, 'rel') ?? '') ? attribute(link, 'href') : undefined;
}

/** Whether the sheet is CSS and applies to every screen. */
function isForAll(attributes: string): boolean {
  const type = attribute(attributes, 'type') ?? '';
  return /^(?:all|screen)?$/i.test(attribute(attributes, 'media') ?? '') && /^(?:text\/css)?$/i.test(type);
}

function attribute(attributes: string, name: string): string | undefined {
  const pattern = new RegExp(String.raw`(?:^|\s)${name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`, 'i');
  const [, double, single, bare] = pattern.exec(attributes) ?? [];
  return double ?? single ?? bare;
}
