import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type {
  SourcedTemplate,
  TemplateFindOptions,
  TemplateQuery,
  TemplateSource,
} from '../../../src/render/source/template-source.js';
import type { SourceUnderTest, StoredText } from '../../support/template-source-contract.js';

/** A source in memory: answers at once, counts its versions, and sends a known version without its text. */
export class MemorySource implements TemplateSource {
  readonly name: string;
  /** Every query, in order. */
  readonly asked: TemplateQuery[] = [];
  /** How often a text went out. */
  sent = 0;
  #versions = 0;
  readonly #texts = new Map<string, StoredText & { readonly version: string }>();

  constructor(name = 'memory') {
    this.name = name;
  }

  put(name: string, text: StoredText | string, locale?: string, version?: string): void {
    this.#versions += 1;
    const stored = typeof text === 'string' ? { source: text } : text;
    this.#texts.set(keyOf(name, locale), { ...stored, version: version ?? `v${this.#versions}` });
  }

  remove(name: string, locale?: string): void {
    this.#texts.delete(keyOf(name, locale));
  }

  find(query: TemplateQuery, _options?: TemplateFindOptions): SourcedTemplate | undefined {
    this.asked.push(query);
    const stored = this.#texts.get(keyOf(query.name, query.locale));
    if (!stored) return undefined;
    if (stored.version === query.known) return { version: stored.version };
    this.sent += 1;
    return stored;
  }
}

/** A source of files: asynchronous, its version a hash, its answer always whole. */
class FileSource implements TemplateSource {
  readonly name = 'files';
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async find(
    { name, locale }: TemplateQuery,
    { signal }: TemplateFindOptions,
  ): Promise<SourcedTemplate | null> {
    const [source, text] = await Promise.all(
      ['html', 'text'].map((part) => contentOf(this.path(name, locale, part), signal)),
    );
    if (source === undefined && text === undefined) return null;
    const version = createHash('sha256')
      .update(JSON.stringify([source, text]))
      .digest('hex');
    return { version, source: source ?? null, text: text ?? null };
  }

  path(name: string, locale: string | undefined, part: string): string {
    return join(this.#dir, locale ?? 'base', `${name}.${part}`);
  }
}

async function contentOf(path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await readFile(path, { encoding: 'utf8', signal });
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
      return undefined;
    throw error;
  }
}

export async function memoryStore(): Promise<SourceUnderTest> {
  const source = new MemorySource();
  return {
    source,
    put: async (name, locale, text) => source.put(name, text, locale),
    remove: async (name, locale) => source.remove(name, locale),
    close: async () => undefined,
  };
}

export async function fileStore(): Promise<SourceUnderTest> {
  const dir = await mkdtemp(join(tmpdir(), 'source-'));
  const source = new FileSource(dir);
  const path = (name: string, locale: string | undefined, part: string): string =>
    source.path(name, locale, part);
  const remove: SourceUnderTest['remove'] = async (name, locale) => {
    for (const part of ['html', 'text']) await rm(path(name, locale, part), { force: true });
  };
  return {
    source,
    put: async (name, locale, { source: html, text }) => {
      await remove(name, locale);
      await mkdir(dirname(path(name, locale, 'html')), { recursive: true });
      if (html !== undefined) await writeFile(path(name, locale, 'html'), html);
      if (text !== undefined) await writeFile(path(name, locale, 'text'), text);
    },
    remove,
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

function keyOf(name: string, locale: string | undefined): string {
  return JSON.stringify([name, locale ?? '']);
}
