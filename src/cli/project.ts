import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MailError, messageOf } from '../mail.errors.js';
import type { TemplateHelper } from '../render/helper.js';
import type { TemplateRoot } from '../render/template-root.js';
import type { ProjectSettings } from './project-settings.js';

/** What a command needs of a project to read its templates. */
export interface Project {
  /** Absolute. */
  readonly dir: string;
  readonly roots: readonly TemplateRoot[];
  readonly helpers: Readonly<Record<string, TemplateHelper>>;
}

/**
 * Finds a project's templates: the folders of its settings, else `templates` under the source root of
 * nest-cli.json, else `src/templates`, else `templates`.
 * @throws {MailError} `config` when there is no folder, or the helpers cannot be loaded
 */
export async function openProject(dir: string, settings: ProjectSettings): Promise<Project> {
  const features = Object.entries(settings.features ?? {}).map(([namespace, folder]): TemplateRoot => ({
    namespace,
    dir: resolve(dir, folder),
    required: true,
  }));
  const folders = settings.templates ?? (await defaultFolder(dir, features.length > 0));
  const own = folders.map((folder): TemplateRoot => ({ dir: resolve(dir, folder), required: true }));
  return { dir, roots: [...own, ...features], helpers: await loadHelpers(dir, settings.helpers) };
}

async function defaultFolder(dir: string, optional: boolean): Promise<readonly string[]> {
  const candidates = [...new Set([join(await sourceRoot(dir), 'templates'), 'src/templates', 'templates'])];
  for (const candidate of candidates) if (await isFolder(join(dir, candidate))) return [candidate];
  if (optional) return [];
  throw new MailError(
    'config',
    `No templates in ${dir}: looked for ${candidates.join(', ')}. Name the folder with --templates, or in package.json: "mailroom": { "templates": "…" }`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function sourceRoot(dir: string): Promise<string> {
  try {
    const settings: unknown = JSON.parse(await readFile(join(dir, 'nest-cli.json'), 'utf8'));
    const root: unknown =
      typeof settings === 'object' && settings !== null && Reflect.get(settings, 'sourceRoot');
    return typeof root === 'string' ? root : 'src';
  } catch {
    return 'src';
  }
}

async function loadHelpers(
  dir: string,
  file: string | undefined,
): Promise<Readonly<Record<string, TemplateHelper>>> {
  if (file === undefined) return {};
  const path = resolve(dir, file);
  const module = await importModule(path);
  const source = isRecord(module['helpers']) ? module['helpers'] : module;
  return Object.fromEntries(Object.entries(source).filter(isHelperEntry));
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    return isRecord(module) ? module : {};
  } catch (cause) {
    const message = `The helpers ${path} cannot be loaded: ${messageOf(cause)}. It has to be JavaScript: build the application first`;
    throw new MailError('config', message, { cause, at: { file: path } });
  }
}

function isHelperEntry(entry: [string, unknown]): entry is [string, TemplateHelper] {
  return typeof entry[1] === 'function' && entry[0] !== 'default';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
