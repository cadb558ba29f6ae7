import { join } from 'node:path';
import { ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import { UsageError } from './command.js';
import { readJsonFile } from './json-file.js';
import { isObject } from '../message/values/fields.js';
import { At, Kind, optional } from '../reader/option.js';
import { Group } from '../reader/group.js';
import { is } from '../reader/kinds.js';

/** The settings of a project about its templates. */
export interface ProjectSettings {
  /** A project of nest-cli.json. @default the application that a build without a name builds */
  readonly project?: string | undefined;
  /** Folders of templates, relative to the project. */
  readonly templates?: readonly string[] | undefined;
  /** Folders of `MailModule.forFeature`, by namespace. */
  readonly features?: Readonly<Record<string, string>> | undefined;
  /** A JavaScript module with template helpers: its `helpers` export, or else its exported functions. */
  readonly helpers?: string | undefined;
  /** As `templates.defaultLocale`. */
  readonly defaultLocale?: string | undefined;
  /** A JavaScript module whose `translator` export replaces the application's. */
  readonly translator?: string | undefined;
}

/** The flag that faults of templates name for missing helpers. */
export const HELPERS_SETTING = '--helpers <file>';

/** Options of `parseArgs` for every command that reads the project's templates. */
export const PROJECT_OPTIONS = {
  project: { type: 'string' },
  templates: { type: 'string', multiple: true },
  feature: { type: 'string', multiple: true },
  helpers: { type: 'string' },
  locale: { type: 'string' },
  translator: { type: 'string' },
} as const;

/** The options as the usage of a command shows them. */
export const PROJECT_USAGE = `  --project <name>      project of nest-cli.json
  --templates <dir>     folder of templates; may be repeated
  --feature <ns>=<dir>  folder of a MailModule.forFeature; may be repeated
  --helpers <file>      JavaScript module with the application's template helpers
  --locale <tag>        language of mails that name none (default: en)
  --translator <file>   JavaScript module whose "translator" export gives {{t}} its texts
The last five may stand in package.json instead, for use without --project:
  "mailroom": { "templates": "src/templates", "features": { "billing": "src/billing/mail" }, "helpers": "dist/mail.helpers.js", "defaultLocale": "en" }`;

interface ProjectFlags {
  readonly project?: string | undefined;
  readonly templates?: readonly string[] | undefined;
  readonly feature?: readonly string[] | undefined;
  readonly helpers?: string | undefined;
  readonly locale?: string | undefined;
  readonly translator?: string | undefined;
}

/**
 * The settings of a project: flags win over the `mailroom` field of its package.json, field by field. The field
 * applies to the application that a build without a name builds.
 * @throws {UsageError} for flags that make no sense
 * @throws {MailError} `config` for a package.json that cannot be understood
 */
export async function projectSettings(cwd: string, flags: ProjectFlags): Promise<ProjectSettings> {
  const { project } = flags;
  const written = project === undefined ? await packageSettings(join(cwd, 'package.json')) : {};
  return {
    project,
    templates: flags.templates ?? written.templates,
    features: flags.feature ? Object.fromEntries(flags.feature.map(featureFlag)) : written.features,
    helpers: flags.helpers ?? written.helpers,
    defaultLocale: flags.locale ?? written.defaultLocale,
    translator: flags.translator ?? written.translator,
  };
}

function featureFlag(flag: string): [namespace: string, dir: string] {
  const [, namespace, dir] = /^([^=]+)=(.+)$/.exec(flag) ?? [];
  if (namespace === undefined || dir === undefined)
    throw new UsageError(`--feature: expected <namespace>=<dir>, got ${show(flag)}`);
  return [namespace, dir];
}

const FILE = is('the path of a JavaScript module', isText);
const FOLDERS = new Kind('a folder or a list of folders', (value) => {
  const folders: readonly unknown[] = [value].flat();
  const texts = folders.filter(isText);
  return texts.length === folders.length ? texts : undefined;
});
const FEATURES = is('an object of folders by namespace', isFeatures);

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFeatures(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every(isText);
}

export const PACKAGE_SETTINGS = new Group({
  templates: optional(FOLDERS, 'folders of templates'),
  features: optional(FEATURES, 'folders of `MailModule.forFeature`, by namespace'),
  helpers: optional(FILE, "a module with the application's template helpers"),
  defaultLocale: optional(is('a language tag', isText), 'language of mails that name none'),
  translator: optional(FILE, 'a module whose `translator` export gives `{{t}}` its texts'),
});

async function packageSettings(path: string): Promise<ProjectSettings> {
  const field = (await readJsonFile(path))?.fields['mailroom'];
  if (!isObject(field)) return {};
  const report = new ConfigReport();
  const settings = PACKAGE_SETTINGS.settings(field, new At('', report));
  report.throwIfAny(`The "mailroom" field of ${path} cannot be understood:`);
  return settings;
}
