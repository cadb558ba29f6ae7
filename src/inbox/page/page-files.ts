import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '#package-root';
import { codeOf } from '../../errors/mail-error.js';
import { isObject } from '../../message/values/fields.js';

const ROOT = typeof packageRoot === 'string' ? packageRoot : fileURLToPath(packageRoot);

export const PAGE_DIR = join(ROOT, 'dist', 'inbox', 'assets');

/** Names that the build produces; rules out dot files and paths. */
const ASSET = /^[\w-][\w.-]*\.(?<kind>js|css|svg|png|woff2)$/;

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
};

export interface Asset {
  readonly content: Buffer;
  readonly contentType: string;
}

/** Reads the files of the built page, each only once. */
export class PageFiles {
  readonly #dir: string;
  readonly #known = new Map<string, Promise<Buffer | undefined>>();

  constructor(dir: string = PAGE_DIR) {
    this.#dir = dir;
  }

  /** The page with its placeholders `{{base}}`, `{{inbox}}` and `{{nonce}}`; undefined if it has not been built. */
  async index(): Promise<string | undefined> {
    return (await this.#read('index.html'))?.toString('utf8');
  }

  async asset(name: string): Promise<Asset | undefined> {
    const kind = ASSET.exec(name)?.groups?.['kind'];
    const contentType = TYPES[kind ?? ''];
    const content = contentType === undefined ? undefined : await this.#read(name);
    return content && contentType !== undefined ? { content, contentType } : undefined;
  }

  #read(name: string): Promise<Buffer | undefined> {
    const known = this.#known.get(name) ?? readIfExists(join(this.#dir, name));
    this.#known.set(name, known);
    return known;
  }
}

export async function packageVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  return isObject(manifest) && 'version' in manifest ? String(manifest.version) : '';
}

async function readIfExists(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
