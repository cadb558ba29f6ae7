import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '#package-root';

const ROOT = typeof packageRoot === 'string' ? packageRoot : fileURLToPath(packageRoot);

/** Folder of the built page. */
export const PAGE_DIR = join(ROOT, 'dist', 'inbox', 'assets');

/** Names the build gives: no dot begins one, no slash is in one. */
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

/** The files of the built page, each read once. */
export class PageFiles {
  readonly #dir: string;
  readonly #known = new Map<string, Promise<Buffer | undefined>>();

  /** @param dir where they are */
  constructor(dir: string = PAGE_DIR) {
    this.#dir = dir;
  }

  /** The page with its gaps: `{{base}}`, `{{inbox}}`, `{{nonce}}`. Undefined where the page is not built. */
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
    const known = this.#known.get(name) ?? ifThere(join(this.#dir, name));
    this.#known.set(name, known);
    return known;
  }
}

/** Version of this package. */
export async function packageVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const version: unknown =
    Object(manifest) === manifest ? Reflect.get(Object(manifest), 'version') : undefined;
  return typeof version === 'string' ? version : '';
}

async function ifThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isNativeError(error) && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
