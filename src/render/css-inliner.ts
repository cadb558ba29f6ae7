import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MailError } from '../mail.errors.js';
import { escapeHtml } from './preheader.js';
import { partStyleRules, type StyleRules } from './style-rules.js';

/** The part of css-inline's surface that is used; both its native and its WebAssembly package have it. */
export interface CssEngine {
  inline(html: string, options: CssEngineOptions): string;
  inlineFragment(html: string, css: string, options: CssEngineOptions): string;
}

export interface CssEngineOptions {
  readonly inlineStyleTags: boolean;
  readonly keepStyleTags: boolean;
  readonly keepLinkTags: boolean;
  readonly loadRemoteStylesheets: boolean;
  readonly extraCss?: string;
}

/** Style tags are parted here, so the engine leaves them alone; nothing is ever fetched. */
const ENGINE_OPTIONS: CssEngineOptions = {
  inlineStyleTags: false,
  keepStyleTags: true,
  keepLinkTags: true,
  loadRemoteStylesheets: false,
};

const MAX_SHEETS = 200;

const ATTRIBUTES = String.raw`(?:"[^"]*"|'[^']*'|[^>"'])*`;
const COMMENT = String.raw`<!--[^]*?-->|<!\[[^\]]*\]>`;
const STYLE = new RegExp(String.raw`${COMMENT}|<style\b(${ATTRIBUTES})>([^]*?)</style\s*>`, 'gi');
const LINK = new RegExp(String.raw`${COMMENT}|<link\b(${ATTRIBUTES})>`, 'gi');
/** Attribute of a style tag that is left as it is, as css-inline has it. */
export const NOT_INLINED = 'data-css-inline="ignore"';
const DOCTYPE = /^\s*<!doctype[^>]*>/i;

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
  return [...html.matchAll(LINK)].flatMap((match) => {
    const [tag, attributes] = match;
    const href = attributes === undefined ? undefined : attribute(attributes, 'href');
    const sheet = attributes !== undefined && /\bstylesheet\b/i.test(attribute(attributes, 'rel') ?? '');
    return sheet && href !== undefined ? [{ href, offset: match.index, tag }] : [];
  });
}

/** A page and the rules that were in its style sheets and can be inlined. */
export interface PartedPage {
  readonly rest: string;
  readonly css: string;
}

/** Whether a style sheet would have to be fetched; those are left to the reader's mail client. */
export function isRemote(href: string): boolean {
  return /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(href);
}

/**
 * Moves the rules of style sheets into `style` attributes. At-rules and rules for states stay in a
 * `<style>`, and what the inliner's parser would rewrite (doctype, comments, conditional comments)
 * comes out as it went in.
 */
export class CssInliner {
  readonly #engine: CssEngine;
  readonly #sheets = new Map<string, StyleRules>();

  constructor(engine: CssEngine) {
    this.#engine = engine;
  }

  /** @param sheet the local style sheet behind a link's `href`, if there is one */
  inline(html: string, sheet: (href: string) => string | undefined): string {
    if (!bringsStyles(html)) return html;
    const { rest, css } = this.part(html, sheet);
    return css.trim() ? this.apply(rest, css) : rest;
  }

  /** Takes the rules that can be inlined out of a page. */
  part(html: string, sheet: (href: string) => string | undefined): PartedPage {
    const inlinable: string[] = [];
    const rest = withStyles(withSheets(html, sheet), (css) => {
      const rules = this.#rules(css);
      inlinable.push(rules.inlinable);
      return rules.kept;
    });
    return { rest, css: inlinable.join('\n') };
  }

  /** Puts rules into the style attributes of a page. */
  apply(html: string, css: string): string {
    const sheltered = shelter(html);
    const whole = isWhole(sheltered.html);
    const inlined = whole
      ? this.#engine.inline(sheltered.html, { ...ENGINE_OPTIONS, extraCss: css })
      : this.#engine.inlineFragment(sheltered.html, css, ENGINE_OPTIONS);
    return sheltered.restore(inlined);
  }

  #rules(css: string): StyleRules {
    const known = this.#sheets.get(css);
    if (known) return known;
    if (this.#sheets.size >= MAX_SHEETS) this.#sheets.clear();
    const rules = partStyleRules(css);
    this.#sheets.set(css, rules);
    return rules;
  }
}

/** Whether HTML without comments is parsed as a document, not as a fragment of one. */
export function isWhole(html: string): boolean {
  return /<(?:html|head|body)\b/i.test(html);
}

function withSheets(html: string, sheet: (href: string) => string | undefined): string {
  return html.replace(LINK, (tag: string, attributes: string | undefined) => {
    if (attributes === undefined || !/\bstylesheet\b/i.test(attribute(attributes, 'rel') ?? '')) return tag;
    const css = sheet(attribute(attributes, 'href') ?? '');
    const media = attribute(attributes, 'media');
    return css === undefined ? tag : `<style${media ? ` media="${escapeHtml(media)}"` : ''}>${css}</style>`;
  });
}

/** Replaces the content of every style tag that counts on all media and may be inlined; an empty one goes away. */
function withStyles(html: string, change: (css: string) => string): string {
  return html.replace(STYLE, (tag: string, attributes: string | undefined, css: string | undefined) => {
    if (attributes === undefined || css === undefined) return tag;
    if (attributes.includes(NOT_INLINED)) return tag.replace(` ${NOT_INLINED}`, '');
    if (!/^(?:all|screen)?$/i.test(attribute(attributes, 'media') ?? '')) return tag;
    const kept = change(css);
    return kept ? `<style${attributes}>${kept}</style>` : '';
  });
}

interface Sheltered {
  readonly html: string;
  restore(html: string): string;
}

/** Takes comments and the doctype out of an HTML parser's reach. */
function shelter(html: string): Sheltered {
  const taken: string[] = [];
  const doctype = DOCTYPE.exec(html)?.[0];
  const bare = html.replace(
    new RegExp(COMMENT, 'gi'),
    (comment) => `<!--sheltered:${taken.push(comment) - 1}-->`,
  );
  return {
    html: withEscapedClasses(bare),
    restore: (inlined) => {
      const restored = inlined.replace(
        /<!--sheltered:(\d+)-->/g,
        (_, index: string) => taken[Number(index)] ?? '',
      );
      return doctype === undefined ? restored : restored.replace(DOCTYPE, () => doctype);
    },
  };
}

const ESCAPED_CLASS = /\sclass\s*=\s*(?:"[^"]*&|'[^']*["&])/i;
const ELEMENT = new RegExp(
  String.raw`<(script|style|title|textarea)\b[^]*?</\1|<[a-z][^\s>/]*${ATTRIBUTES}>`,
  'gi',
);
const CLASS = /([^\s=/"'<>]+)(\s*=\s*)(?:"([^"]*)"|'([^']*)'|[^\s"'>]+)/g;

/**
 * The engine writes a class as it read it, its character references decoded: a quote that came from a
 * value would end the attribute. References written twice come out as they went in.
 */
function withEscapedClasses(html: string): string {
  if (!ESCAPED_CLASS.test(html)) return html;
  return html.replace(ELEMENT, (tag: string, raw: string | undefined) =>
    raw === undefined ? tag.replace(CLASS, escapedClass) : tag,
  );
}

function escapedClass(whole: string, name: string, equals: string, double?: string, single?: string): string {
  const value = double ?? single;
  if (value === undefined || name.toLowerCase() !== 'class') return whole;
  return `${name}${equals}"${value.replaceAll('&', '&amp;').replaceAll('"', '&amp;quot;')}"`;
}

function attribute(attributes: string, name: string): string | undefined {
  const pattern = new RegExp(String.raw`(?:^|\s)${name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`, 'i');
  const [, double, single, bare] = pattern.exec(attributes) ?? [];
  return double ?? single ?? bare;
}

const NATIVE = '@css-inline/css-inline';
const PORTABLE = '@css-inline/css-inline-wasm';

/**
 * Loads css-inline: the native package, whose binaries are absent where optional dependencies are
 * omitted, else its WebAssembly one.
 * @throws {MailError} `config` that says what to install; its cause is why neither loads
 */
export async function loadCssEngine(
  native: () => Promise<CssEngine> = () => import('@css-inline/css-inline'),
): Promise<CssEngine> {
  try {
    return await native();
  } catch (error) {
    const engine = await loadPortable().catch((other: unknown) => {
      throw noEngine(new AggregateError([error, other]));
    });
    return engine;
  }
}

async function loadPortable(): Promise<CssEngine> {
  // Found from the application, which is who installs it; named by a variable, so that nothing insists on it.
  const name: string = PORTABLE;
  const wasm = createRequire(join(process.cwd(), 'package.json')).resolve(`${name}/index_bg.wasm`);
  const engine: unknown = await import(name);
  if (!isPortable(engine)) throw new TypeError(`${name} has not the expected surface`);
  await engine.initWasm({ module_or_path: await readFile(wasm) }).catch((error: unknown) => {
    // Another application in this process has done it; the module is one.
    if (!/already initialized/i.test(String(error))) throw error;
  });
  return engine;
}

function isPortable(
  value: unknown,
): value is CssEngine & { initWasm(input: { readonly module_or_path: Uint8Array }): Promise<void> } {
  return typeof value === 'object' && value !== null && 'inline' in value && 'initWasm' in value;
}

function noEngine(cause: unknown): MailError {
  const mend = `npm install ${NATIVE} (its binaries are optional dependencies: do not omit those), or npm install ${PORTABLE}, or set templates.inlineCss to false`;
  return new MailError('config', `CSS cannot be inlined: ${NATIVE} does not load here. ${mend}`, { cause });
}
