import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MailError } from '../../errors/mail-error.js';

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

/** Style tags are read here, so the engine leaves them alone; nothing is ever fetched. */
const OPTIONS: CssEngineOptions = {
  inlineStyleTags: false,
  keepStyleTags: true,
  keepLinkTags: true,
  loadRemoteStylesheets: false,
};

/** Whether HTML without comments is parsed as a document, not as a fragment of one. */
export function isWhole(html: string): boolean {
  return /<(?:html|head|body)\b/i.test(html);
}

/** Has the engine put the declarations of rules into the `style` attributes of what they match. */
export function applied(engine: CssEngine, html: string, css: string): string {
  if (isWhole(html)) return engine.inline(html, { ...OPTIONS, extraCss: css });
  const head = HEAD.exec(html)?.[0] ?? '';
  const piece = engine.inlineFragment(`<${AROUND}>${html.slice(head.length)}`, css, OPTIONS);
  return head + piece.replace(new RegExp(`^<${AROUND}[^>]*>|</${AROUND}>$`, 'g'), '');
}

/** Stands for the body: the engine takes nothing for the first child of nothing. Ends where the piece does. */
const AROUND = 'mail-piece';

/** What a piece begins with and a document would have in its head: no elements beside those of the body. */
const HEAD =
  /^(?:\s+|<!doctype[^>]*>|<!--[^]*?-->|<(style|title)\b[^>]*>[^]*?<\/\1>|<(?:link|meta|base)\b[^>]*>)*/i;

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
  const fix = `npm install ${NATIVE} (its binaries are optional dependencies: do not omit those), or npm install ${PORTABLE}, or set templates.inlineCss to false`;
  return new MailError('config', `CSS cannot be inlined: ${NATIVE} does not load here. ${fix}`, { cause });
}
