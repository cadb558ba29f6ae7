import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MailError, messageOf } from '../errors/mail-error.js';
import type { TemplateHelper } from '../render/helpers/helper.js';
import type { MailTranslator } from '../render/i18n/translator.js';
import { isObject } from '../message/values/fields.js';
import { DEFAULT_LOCALE, canonicalLocale } from '../message/values/locale.js';
import { wrongLocale } from '../render/files/template-name.js';
import type { TemplateRoot } from '../render/files/template-file.js';
import { nestSettings } from './nest-settings.js';
import type { ProjectSettings } from './project-settings.js';
import type { Values } from './json-file.js';

/** A project's templates, with everything needed to read them. */
export interface Project {
  /** Absolute. */
  readonly dir: string;
  /** Relative to `dir`. */
  readonly sourceRoot: string;
  readonly roots: readonly TemplateRoot[];
  readonly helpers: Readonly<Record<string, TemplateHelper>>;
  /** The language of mails without a `locale`. */
  readonly defaultLocale: string;
  /** Replaces the application's `templates.translator`. */
  readonly translator: MailTranslator | undefined;
}

/**
 * Finds a project's templates: the folders of its settings, else `templates` under the source root of
 * nest-cli.json, else, unless a project is named, `src/templates`, else `templates`.
 * @throws {UsageError} when nest-cli.json has no such project
 * @throws {MailError} `config` when there is no folder, or nest-cli.json or the helpers cannot be loaded
 */
export async function openProject(dir: string, settings: ProjectSettings): Promise<Project> {
  const features = Object.entries(settings.features ?? {}).map(([namespace, folder]): TemplateRoot => ({
    namespace,
    dir: resolve(dir, folder),
    required: true,
  }));
  const { sourceRoot, templateFolders } = await nestSettings(dir, settings.project);
  const folders = settings.templates ?? (await defaultFolder(dir, templateFolders, features.length > 0));
  const own = folders.map((folder): TemplateRoot => ({ dir: resolve(dir, folder), required: true }));
  return {
    dir,
    sourceRoot,
    roots: [...own, ...features],
    helpers: await loadHelpers(dir, settings.helpers),
    defaultLocale: localeOf(settings.defaultLocale ?? DEFAULT_LOCALE),
    translator: await loadTranslator(dir, settings.translator),
  };
}

async function defaultFolder(
  dir: string,
  candidates: readonly string[],
  optional: boolean,
): Promise<readonly string[]> {
  const found = await existingFolder(dir, candidates);
  if (found !== undefined) return [found];
  if (optional) return [];
  throw new MailError(
    'config',
    `No templates in ${dir}: looked for ${candidates.join(', ')}. Put a first one there with npx nest-mailroom init, name the folder with --templates, or in package.json: "mailroom": { "templates": "…" }`,
  );
}

/** The first folder that exists. */
export async function existingFolder(
  dir: string,
  candidates: readonly string[],
): Promise<string | undefined> {
  for (const candidate of candidates) if (await isFolder(join(dir, candidate))) return candidate;
  return undefined;
}

export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function localeOf(tag: string): string {
  const locale = canonicalLocale(tag);
  if (locale === undefined) throw new MailError('config', `The default language: ${wrongLocale(tag)}`);
  return locale;
}

async function loadHelpers(
  dir: string,
  file: string | undefined,
): Promise<Readonly<Record<string, TemplateHelper>>> {
  if (file === undefined) return {};
  const path = resolve(dir, file);
  const module = await importModule(path, 'helpers');
  const source = isObject(module['helpers']) ? module['helpers'] : module;
  return Object.fromEntries(Object.entries(source).filter(isHelperEntry));
}

async function loadTranslator(dir: string, file: string | undefined): Promise<MailTranslator | undefined> {
  if (file === undefined) return undefined;
  const path = resolve(dir, file);
  const { translator } = await importModule(path, 'translator');
  if (isTranslator(translator)) return translator;
  throw new MailError('config', `${path} exports no "translator" with translate()`, { at: { file: path } });
}

function isTranslator(value: unknown): value is MailTranslator {
  return isObject(value) && typeof value['translate'] === 'function';
}

async function importModule(path: string, what: string): Promise<Values> {
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    return isObject(module) ? module : {};
  } catch (cause) {
    const message = `The ${what} ${path} cannot be loaded: ${messageOf(cause)}. It has to be JavaScript: build the application first`;
    throw new MailError('config', message, { cause, at: { file: path } });
  }
}

function isHelperEntry(entry: [string, unknown]): entry is [string, TemplateHelper] {
  return typeof entry[1] === 'function' && entry[0] !== 'default';
}
