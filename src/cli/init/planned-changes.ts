import { join } from 'node:path';
import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import { withElements } from '../json-edit.js';
import { textOf, type JsonFile } from '../json-file.js';
import type { NestSettings, SettingPath } from '../nest-settings.js';
import type { Application } from './application.js';
import { type AssetEntry, assetEntry, copies } from './asset-entry.js';
import { creation, type FileChange } from './file-change.js';
import { STARTER_TEMPLATES } from './starter-templates.js';

/**
 * Plans every change of `mailroom init` before the first one is made.
 * @throws {MailError} `config` when a file cannot be read or understood
 */
export async function plannedChanges(application: Application): Promise<readonly FileChange[]> {
  const { dir, templates } = application;
  const changes: FileChange[] = [];
  for (const [name, { content, remark }] of STARTER_TEMPLATES)
    changes.push(await creation(join(dir, templates, name), content, remark));
  const build = buildChange(application);
  return [...changes, ...(build ? [build] : []), await ignoreChange(dir)];
}

/** Undefined if no templates are among the sources, or another builder builds them. */
function buildChange(application: Application): FileChange | undefined {
  const { dir, settings, builtByNest } = application;
  const copyings = copyingsOf(application);
  if (copyings.length === 0) return undefined;
  const remark = `the build copies ${copyings.map(({ entry }) => entry.include).join(', ')}`;
  if (settings.file) return settingsChange(settings, settings.file, copyings, remark);
  const path = join(dir, 'nest-cli.json');
  const content = newSettings(copyings.map(({ entry }) => entry));
  return builtByNest ? { path, outcome: 'created', remark, content } : undefined;
}

/** A folder of templates that the build has to copy. */
interface Copying {
  readonly entry: AssetEntry;
  /** Some of its files, relative to the source root. */
  readonly files: readonly string[];
}

function copyingsOf({ templatesInSources: folder, features }: Application): readonly Copying[] {
  const own =
    folder === undefined
      ? []
      : [{ path: folder, files: [...STARTER_TEMPLATES.keys()].map((name) => `${folder}/${name}`) }];
  return [...own, ...features].map(({ path, files }) => ({ entry: assetEntry(path), files }));
}

/** The defaults of the Nest CLI, and the assets. */
function newSettings(assets: readonly AssetEntry[]): string {
  const settings = {
    $schema: 'https://json.schemastore.org/nest-cli',
    collection: '@nestjs/schematics',
    sourceRoot: 'src',
    compilerOptions: { assets },
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

function settingsChange(
  settings: NestSettings,
  { path, text }: JsonFile,
  copyings: readonly Copying[],
  remark: string,
): FileChange {
  let content = text;
  for (const list of settings.assetLists()) {
    const assets = assetsOf(settings, list, path);
    const missing = copyings.filter(({ files }) => !copies(assets, files)).map(({ entry }) => entry);
    if (missing.length === 0) continue;
    const added = settings.has(list) ? missing : [...assets, ...missing];
    content = withElements(content, list, added) ?? noPlace(path, list);
  }
  if (content === text) return { path, outcome: 'kept', remark: `${remark} already` };
  return { path, outcome: 'changed', remark, content };
}

function assetsOf(settings: NestSettings, list: SettingPath, path: string): readonly unknown[] {
  const assets = settings.assets(list);
  if (Array.isArray(assets)) return assets;
  const message = `${path}: ${list.join('.')}: expected a list, got ${show(assets)}`;
  throw new MailError('config', message, { at: { file: path } });
}

function noPlace(path: string, list: SettingPath): never {
  const message = `${path}: there is no place for ${list.join('.')}: what stands before it is no object`;
  throw new MailError('config', message, { at: { file: path } });
}

const CAPTURE_FOLDER = '.mail/';
const IGNORES_CAPTURES = /^\s*(?:\*\*)?\/?\.mail(?:\/(?:\*\*?)?)?\s*$/m;

async function ignoreChange(dir: string): Promise<FileChange> {
  const path = join(dir, '.gitignore');
  const remark = `${CAPTURE_FOLDER}, where mail goes in development`;
  const text = await textOf(path);
  if (text === undefined) return { path, outcome: 'created', remark, content: `${CAPTURE_FOLDER}\n` };
  if (IGNORES_CAPTURES.test(text))
    return { path, outcome: 'kept', remark: `it has ${CAPTURE_FOLDER} already` };
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : newline;
  return { path, outcome: 'changed', remark, content: `${text}${gap}${CAPTURE_FOLDER}${newline}` };
}
