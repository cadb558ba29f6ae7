import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MailError } from '../../errors/mail-error.js';

/** The functions used here of css-inline; its native and its WebAssembly package both have them. */
export interface CssEngine {
  inline(html: string, options: CssEngineOptions): string;
  inlineFragment(html: string, css: string, options: CssEngineOptions): string;
}

interface CssEngineOptions {
  readonly inlineStyleTags: boolean;
  readonly keepStyleTags: boolean;
  readonly keepLinkTags: boolean;
  readonly loadRemoteStylesheets: boolean;
  readonly extraCss?: string;
}

/** Style tags are read here, so the engine must leave them alone, and it must never fetch anything. */
const OPTIONS: CssEngineOptions = {
  inlineStyleTags: false,
  keepStyleTags: true,
  keepLinkTags: true,
  loadRemoteStylesheets: false,
};

/** Whether HTML without comments is a document, not a fragment of one. */
export function isWhole(html: string): boolean {
  return /<(?:html|head|body)\b/i.test(html);
}

/** Has the engine put the declarations of rules into the `style` attributes of the elements they match. */
export function applyRules(engine: CssEngine, html: string, css: string): string {
  if (isWhole(html)) return engine.inline(html, { ...OPTIONS, extraCss: css });
  const head = HEAD.exec(html)?.[0] ?? '';
  const piece = engine.inlineFragment(`<${AROUND}>${html.slice(head.length)}`, css, OPTIONS);
  return head + piece.replace(new RegExp(`^<${AROUND}[^>]*>|</${AROUND}>$`, 'g'), '');
}

/** Stands for the body around a fragment, because the engine does not match `:first-child` without a parent. */
const AROUND = 'mail-piece';

/** Matches the beginning of a fragment that belongs into a head, and must not count as siblings of the body's elements. */
const HEAD =
  /^(?:\s+|<!doctype[^>]*>|<!--[^]*?-->|<(style|title)\b[^>]*>[^]*?<\/\1>|<(?:link|meta|base)\b[^>]*>)*/i;

const NATIVE = '@css-inline/css-inline';
const PORTABLE = '@css-inline/css-inline-wasm';

/**
 * Loads css-inline: the native package, or the WebAssembly one where the native binaries are absent, as they
 * are when optional dependencies are omitted.
 * @throws {MailError} `config` that says what to install; its cause has the errors of both packages
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
  // Resolved from the application, which installs it. A variable keeps the compiler from requiring the package.
  const name: string = PORTABLE;
  const wasm = createRequire(join(process.cwd(), 'package.json')).resolve(`${name}/index_bg.wasm`);
  const engine: unknown = await import(name);
  if (!isPortable(engine)) throw new TypeError(`${name} has not the expected surface`);
  await engine.initWasm({ module_or_path: await readFile(wasm) }).catch((error: unknown) => {
    // Another application in this process has initialised the module, which both share.
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
  const fix = `npm install ${NATIVE} (its binaries are optional dependencies: do not omit those), or npm install ${PORTABLE}, or set templates.inlineCss to false`;
  return new MailError('config', `CSS cannot be inlined: ${NATIVE} does not load here. ${fix}`, { cause });
}
