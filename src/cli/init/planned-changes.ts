import { join } from 'node:path';
import { MailError } from '../../mail.errors.js';
import { show } from '../../mail.report.js';
import { withElements } from '../json-edit.js';
import { textOf, type JsonFile } from '../json-file.js';
import type { NestSettings, SettingPath } from '../nest-settings.js';
import type { Application } from './application.js';
import { type AssetEntry, assetEntry, copies } from './asset-entry.js';
import { creation, type FileChange } from './file-change.js';
import { STARTER_TEMPLATES } from './starter-templates.js';

/**
 * Everything `mailroom init` does to an application's files, found out before any of it is done.
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

/** Nothing when the templates are not among the sources, or something else builds them. */
function buildChange({
  dir,
  settings,
  templatesInSources: folder,
  builtByNest,
}: Application): FileChange | undefined {
  if (folder === undefined) return undefined;
  const entry = assetEntry(folder);
  const remark = `the build copies ${entry.include}`;
  if (settings.file) return settingsChange(settings, settings.file, { entry, remark, folder });
  const path = join(dir, 'nest-cli.json');
  return builtByNest ? { path, outcome: 'created', remark, content: newSettings(entry) } : undefined;
}

/** What the Nest CLI takes for granted, and the assets. */
function newSettings(entry: AssetEntry): string {
  const settings = {
    $schema: 'https://json.schemastore.org/nest-cli',
    collection: '@nestjs/schematics',
    sourceRoot: 'src',
    compilerOptions: { assets: [entry] },
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

interface Copying {
  readonly entry: AssetEntry;
  readonly remark: string;
  readonly folder: string;
}

function settingsChange(
  settings: NestSettings,
  { path, text }: JsonFile,
  { entry, remark, folder }: Copying,
): FileChange {
  const files = [...STARTER_TEMPLATES.keys()].map((name) => `${folder}/${name}`);
  let content = text;
  for (const list of settings.assetLists()) {
    const assets = assetsOf(settings, list, path);
    if (copies(assets, files)) continue;
    const added = settings.has(list) ? [entry] : [...assets, entry];
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
