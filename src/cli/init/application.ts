import { join, relative, resolve, sep } from 'node:path';
import { MailError } from '../../errors/mail-error.js';
import { isObject } from '../../message/values/fields.js';
import { readJsonFile, type Values } from '../json-file.js';
import { nestSettings, type NestSettings } from '../nest-settings.js';
import { existingFolder } from '../project.js';
import { pathIn } from '../path-in.js';
import { projectSettings } from '../project-settings.js';
import { type FeatureFolder, featureFolders } from './feature-folders.js';

/** The Nest application that `init` prepares. */
export interface Application {
  /** Absolute. */
  readonly dir: string;
  readonly settings: NestSettings;
  /** Folder of the templates, relative to `dir`, with `/`. */
  readonly templates: string;
  /** The same folder relative to the source root; absent when it lies elsewhere. */
  readonly templatesInSources: string | undefined;
  /** Templates beside the code of features. */
  readonly features: readonly FeatureFolder[];
  /** Whether the other commands find the folder without a setting. */
  readonly isDefaultFolder: boolean;
  readonly esm: boolean;
  readonly builtByNest: boolean;
  /** The project of nest-cli.json that `--project` named. */
  readonly project: string | undefined;
}

export interface ApplicationFlags {
  readonly project?: string | undefined;
  readonly templates?: string | undefined;
}

/**
 * @throws {UsageError} when nest-cli.json has no such project
 * @throws {MailError} `config` when there is no Nest application
 */
export async function openApplication(dir: string, flags: ApplicationFlags): Promise<Application> {
  const manifest = (await readJsonFile(join(dir, 'package.json')))?.fields ?? {};
  const settings = await nestSettings(dir, flags.project);
  if (!settings.file && !dependsOn(manifest, '@nestjs/core')) throw noApplication(dir);
  const { templateFolders: usual } = settings;
  const [written] = (await projectSettings(dir, { project: flags.project })).templates ?? [];
  const chosen = flags.templates ?? written ?? (await existingFolder(dir, usual)) ?? usual[0];
  const templates = relativePath(dir, pathIn(dir, '--templates', chosen, 'folder'));
  const sources = resolve(dir, settings.sourceRoot);
  const templatesInSources = inside(relativePath(sources, resolve(dir, templates)));
  return {
    dir,
    settings,
    templates,
    templatesInSources,
    features: await featureFolders(sources, templatesInSources),
    isDefaultFolder: written === chosen || usual.includes(templates),
    esm: manifest['type'] === 'module',
    builtByNest: settings.file !== undefined || dependsOn(manifest, '@nestjs/cli'),
    project: flags.project,
  };
}

function noApplication(dir: string): MailError {
  return new MailError(
    'config',
    `${dir} is no Nest application: there is no nest-cli.json, and no package.json that depends on @nestjs/core. Run this in the application's folder, or make one: npx @nestjs/cli new my-app`,
  );
}

function dependsOn(manifest: Values, name: string): boolean {
  const kinds = ['dependencies', 'devDependencies', 'peerDependencies'].map((kind) => manifest[kind]);
  return kinds.some((kind) => isObject(kind) && name in kind);
}

function relativePath(from: string, to: string): string {
  return relative(from, to).replaceAll(sep, '/');
}

function inside(path: string): string | undefined {
  return path === '' || path.startsWith('../') || path === '..' ? undefined : path;
}
