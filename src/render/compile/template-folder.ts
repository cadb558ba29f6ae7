import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { codeOf, MailError } from '../../errors/mail-error.js';
import { MjmlCompiler } from '../mjml/mjml-compiler.js';
import type { IncludeFiles } from '../mjml/mjml-includes.js';
import { startOf } from '../faults/source-location.js';
import type { TemplateFaults } from '../faults/template-fault.js';
import {
  MAX_CATALOG_SIZE,
  MAX_FILE_SIZE,
  type MessageFile,
  type TemplateFile,
  type TemplateFolder,
  type TemplateRoot,
} from '../files/template-file.js';
import { fileLocale, parseFileName, wrongLocale } from '../files/template-name.js';

export interface FolderReading {
  readonly faults: TemplateFaults;
  /** Gets each folder before its entries are read, so that a watch misses nothing. */
  readonly onDirectory?: ((dir: string) => void) | undefined;
  /** Keeps its compiled files from one reading to the next. @default a new one */
  readonly mjml?: MjmlCompiler;
}

/** @throws {MailError} `config` when a required folder is absent, or a template needs MJML and it is not installed */
export async function readFolder(root: TemplateRoot, reading: FolderReading): Promise<TemplateFolder> {
  const real = await realFolder(root);
  if (real === undefined) return { root, absent: true, files: [], styles: new Map(), messages: [] };
  const paths = await new FolderWalk(root.dir, real, reading).files();
  const { faults, mjml = new MjmlCompiler() } = reading;
  const files: TemplateFile[] = [];
  const styles = new Map<string, string>();
  const messages: MessageFile[] = [];
  const includes = includeFiles(root, paths, faults);
  for (const path of paths.filter((name) => !INCLUDABLE.test(name))) {
    const name = path.replaceAll(sep, '/');
    const content = await readCapped(join(root.dir, path), capOf(name), faults);
    if (content === undefined) continue;
    if (name.endsWith('.css')) styles.set(name, content);
    else if (CATALOG.test(name)) messages.push(...messageFile(root, name, content, messages, faults));
    else files.push(...(await templateFile(root, name, content, faults, { mjml, includes })));
  }
  return { root, absent: false, files, styles, messages };
}

async function realFolder(root: TemplateRoot): Promise<string | undefined> {
  const { dir, required } = root;
  try {
    const real = await realpath(dir);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    if (!isMissing(error))
      throw new MailError('config', `The templates folder ${dir} cannot be read`, { cause: error });
    if (!required) return undefined;
    throw new MailError('config', absentFolder(root), { at: { file: dir } });
  }
  throw new MailError('config', `The templates folder ${dir} is not a folder`, { at: { file: dir } });
}

function absentFolder({ dir, namespace }: TemplateRoot): string {
  const message = `The templates folder ${dir} does not exist`;
  const option =
    namespace === undefined
      ? 'templates.dir (MAIL_TEMPLATES_DIR)'
      : `dir of MailModule.forFeature({ namespace: '${namespace}' })`;
  const built = builtFolder(dir);
  if (built !== undefined) {
    return `${message}: the build did not copy it, and ${option} leads there. Add to nest-cli.json\n  ${assetsSnippet(built)}`;
  }
  const source = /(?:^|[\\/])src[\\/](.+)$/.exec(dir)?.[1];
  if (source === undefined) return `${message}. Create it, or correct ${option}`;
  const wayOut = `Give ${option} the folder beside the compiled module, which an image has, and let the build copy it.`;
  return `${message}. Create it, or, where the sources are left out: ${wayOut} Add to nest-cli.json\n  ${assetsSnippet(source)}`;
}

/** The source folder behind a path in the build output; undefined for other paths. */
function builtFolder(dir: string): string | undefined {
  return /(?:^|[\\/])dist[\\/](?:src[\\/])?(.+)$/.exec(dir)?.[1];
}

/** The setting that makes the build copy a source folder. */
function assetsSnippet(folder: string): string {
  const include = `${folder.replaceAll('\\', '/').replace(/\/$/, '')}/**/*`;
  return `"compilerOptions": { "assets": [{ "include": "${include}", "watchAssets": true }] }`;
}

/** Warns when none of the configured folders exists. That is no error: an application may have no templates. */
export function withoutFolder(folders: readonly TemplateFolder[]): string | undefined {
  if (folders.length === 0 || folders.some(({ absent }) => !absent)) return undefined;
  const dirs = folders.map(({ root }) => root.dir);
  const built = dirs.map(builtFolder).find((folder) => folder !== undefined);
  return [
    `There is no templates folder, so a mail that names a template is refused. Looked for: ${dirs.join(', ')}.`,
    `Create one, name yours (MAIL_TEMPLATES_DIR, templates.dir), or say that there is none: templates: { dirs: [] }.`,
    ...(built === undefined
      ? []
      : [`If the build should have copied it, add to nest-cli.json: ${assetsSnippet(built)}`]),
  ].join(' ');
}

async function templateFile(
  root: TemplateRoot,
  path: string,
  content: string,
  faults: TemplateFaults,
  { mjml, includes }: MjmlReading,
): Promise<readonly TemplateFile[]> {
  const [, folder, inner] = /^(layouts|partials)\/(.+)$/.exec(path) ?? [];
  const kind = folder === 'layouts' ? 'layout' : folder === 'partials' ? 'partial' : 'page';
  const name = parseFileName(inner ?? path);
  const file = join(root.dir, path);
  if ('wrong' in name) {
    faults.add({ place: startOf(file), what: name.wrong, fix: name.fix });
    return [];
  }
  const own = { ...name, kind, path: file, content: content.replace(/^\uFEFF/, '') } as const;
  if (!name.mjml) return [own];
  if (kind !== 'partial') return [{ ...own, ...(await mjml.compileFile(path, own, includes, faults)) }];
  const fix = 'Write it in HTML, or make it a layout';
  faults.add({
    place: startOf(file),
    what: 'a partial is a piece of a page, and MJML makes whole pages',
    fix,
  });
  return [];
}

interface MjmlReading {
  readonly mjml: MjmlCompiler;
  readonly includes: IncludeFiles;
}

/** Files that only matter where MJML includes them. */
const INCLUDABLE = /\.(?:mjml|html)$/;

function includeFiles({ dir }: TemplateRoot, paths: readonly string[], faults: TemplateFaults): IncludeFiles {
  const known = new Set(paths.map((path) => path.replaceAll(sep, '/')));
  return {
    nameOf: (path) => join(dir, path),
    has: (path) => known.has(path) && /\.(?:mjml|html|css)$/.test(path),
    read: async (path) => (await readCapped(join(dir, path), MAX_FILE_SIZE, faults))?.replace(/^\uFEFF/, ''),
  };
}

/** JSON files below `locales` must be catalogs; elsewhere they are ignored. */
const CATALOG = /^locales\/(.+)\.json$/;

function messageFile(
  root: TemplateRoot,
  path: string,
  content: string,
  known: readonly MessageFile[],
  faults: TemplateFaults,
): readonly MessageFile[] {
  const file = join(root.dir, path);
  const [, tag = ''] = CATALOG.exec(path) ?? [];
  const locale = fileLocale(tag);
  const twin = known.find((other) => other.locale === locale);
  if (locale !== undefined && !twin) return [{ path: file, locale, content: content.replace(/^\uFEFF/, '') }];
  const what = twin ? `has the same locale as ${twin.path}` : wrongLocale(tag);
  faults.add({ place: startOf(file), what, fix: 'Catalogs are named locales/<locale>.json' });
  return [];
}

function capOf(name: string): number {
  return CATALOG.test(name) ? MAX_CATALOG_SIZE : MAX_FILE_SIZE;
}

async function readCapped(path: string, cap: number, faults: TemplateFaults): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size <= cap) return await readFile(path, 'utf8');
    faults.add({
      place: startOf(path),
      what: `the file has ${size} bytes; at most ${cap} are read`,
    });
  } catch (error) {
    // A file deleted since the folder was listed is skipped.
    if (!isMissing(error)) faults.add({ place: startOf(path), what: `cannot be read: ${String(error)}` });
  }
  return undefined;
}

/** Lists templates and style sheets under a root, sorted; follows links only while they stay inside it. */
class FolderWalk {
  readonly #dir: string;
  readonly #real: string;
  readonly #reading: FolderReading;
  readonly #seen = new Set<string>();

  constructor(dir: string, real: string, reading: FolderReading) {
    this.#dir = dir;
    this.#real = real;
    this.#reading = reading;
  }

  async files(): Promise<readonly string[]> {
    return (await this.#list(this.#dir)).toSorted();
  }

  async #list(dir: string): Promise<readonly string[]> {
    const real = await realpath(dir);
    if (this.#seen.has(real)) return [];
    this.#seen.add(real);
    this.#reading.onDirectory?.(dir);
    const entries = await readdir(dir, { withFileTypes: true });
    const lists = await Promise.all(entries.map((entry) => this.#entry(dir, entry)));
    return lists.flat();
  }

  async #entry(dir: string, entry: Dirent): Promise<readonly string[]> {
    const path = join(dir, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    const target = entry.isSymbolicLink() ? await this.#linked(path) : entry;
    if (target?.isDirectory()) return this.#list(path);
    const name = relative(this.#dir, path);
    const wanted =
      /\.(?:hbs|css)$/.test(name) || INCLUDABLE.test(name) || CATALOG.test(name.replaceAll(sep, '/'));
    return target?.isFile() && wanted ? [name] : [];
  }

  /** The target of a link, unless it is outside the root. */
  async #linked(path: string): Promise<{ isDirectory(): boolean; isFile(): boolean } | undefined> {
    try {
      const real = await realpath(path);
      if (real.startsWith(this.#real + sep)) return await stat(real);
      this.#reading.faults.add({
        place: startOf(path),
        what: 'is a link that leads out of the templates folder',
      });
    } catch {
      this.#reading.faults.add({ place: startOf(path), what: 'is a link that leads nowhere' });
    }
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}
