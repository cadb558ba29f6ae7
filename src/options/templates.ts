import { basename, dirname, join, resolve } from 'node:path';
import { templatesInSources } from './nest-projects.js';
import { THEME } from './theme.js';
import type { Surroundings, TemplateOptions } from './options.js';
import { DEFAULT_LOCALE, parseLocale } from '../message/values/locale.js';
import { type At, env, optional, or } from '../reader/option.js';
import { Group, isGroup, section, type Settings } from '../reader/group.js';
import { classes, FLAG, FOLDER, FOLDERS, is, isClass, list, parsed } from '../reader/kinds.js';
import { type Theme, themeOf } from '../render/components/theme.js';
import type { ClassWithGetters } from '../render/engine/class-getters.js';
import type { TemplateHelper } from '../render/helpers/helper.js';
import type { MailTranslator } from '../render/i18n/translator.js';

type Source = NonNullable<TemplateOptions['sources']>[number];

const SOURCE = is('a TemplateSource ({ name, find }) or a class of one', isSource);
const HELPERS = is('an object of functions by name', isHelpers);
const TRANSLATOR = is('an object with translate()', isTranslator, {
  fix: () => 'For nestjs-i18n write fromI18n(i18nService)',
});

/** A class passes: only its instance can show more. */
function isSource(value: unknown): value is Source {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return typeof Reflect.get(value, 'name') === 'string' && typeof Reflect.get(value, 'find') === 'function';
}

/** Only the object is checked here: the templates that call a helper check the helper. */
function isHelpers(value: unknown): value is Readonly<Record<string, TemplateHelper>> {
  return isGroup(value);
}

function isTranslator(value: unknown): value is MailTranslator {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'translate') === 'function';
}

function hasGetters(value: unknown): value is ClassWithGetters {
  return isClass(value);
}

const LOCALE = parsed('a language tag such as fr-CA (BCP 47)', parseLocale);
const USUAL_FOLDER =
  'outside production `templates` in the source root of nest-cli.json; else beside the entry file (of `dist/src/main.js` also in `dist`), then in the working directory';
const SOURCES = 'a [database or the like](docs/templates.md#templates-from-a-database)';
const GETTERS =
  'classes whose getters templates may read, [as ORM entities have them](docs/templates.md#orm-entities)';

export const TEMPLATES = new Group({
  dir: env(
    'MAIL_TEMPLATES_DIR',
    optional(FOLDER, 'folder, relative to the working directory; must exist', USUAL_FOLDER),
  ),
  dirs: optional(FOLDERS, 'several folders; the first with that template wins'),
  sources: or(list(SOURCE), [], SOURCES),
  helpers: or(HELPERS, {}, 'functions templates may call'),
  readGetters: or(classes(hasGetters), [], GETTERS),
  theme: section(THEME, 'how the [components](docs/templates.md#components) look', 'a neutral look'),
  defaultLocale: or(LOCALE, DEFAULT_LOCALE, 'language of mails without a `locale`'),
  translator: optional(
    TRANSLATOR,
    'gives `{{t}}` its texts before the [messages](docs/templates.md#messages)',
  ),
  inlineCss: or(FLAG, true, 'put style rules into `style` attributes'),
  watch: optional(FLAG, 'follow edits without a restart', '`true` in development, or with `NODE_ENV` unset'),
});

export interface ResolvedTemplates extends Omit<Settings<typeof TEMPLATES>, 'dir' | 'dirs' | 'theme'> {
  readonly folders: ReadonlyArray<{ readonly dir: string; readonly required: boolean }>;
  readonly theme: Theme;
  readonly watch: boolean;
}

/** Resolves the folders and the defaults that depend on the environment. */
export function resolveTemplates(
  { dir, dirs: several, theme, watch, ...others }: Settings<typeof TEMPLATES>,
  surroundings: Surroundings,
  at: At,
): ResolvedTemplates {
  const { nodeEnv, workingDir } = surroundings;
  if (dir !== undefined && several !== undefined) at.refuse('dir or dirs', 'both');
  const dirs = several ?? (dir === undefined ? undefined : [dir]);
  return {
    ...others,
    folders: dirs
      ? dirs.map((own) => ({ dir: resolve(workingDir, own), required: true }))
      : usualFolders(surroundings).map((usual) => ({ dir: usual, required: false })),
    theme: themeOf(theme),
    watch: watch ?? (nodeEnv === undefined || nodeEnv === 'development'),
  };
}

/** Outside production the sources alone, if found: copies of a build may be out of date. */
function usualFolders({ nodeEnv, workingDir, entryDir }: Surroundings): readonly string[] {
  const sources = nodeEnv === 'production' ? undefined : templatesInSources({ workingDir, entryDir });
  if (sources !== undefined) return [sources];
  return [...new Set([...builtFolders(entryDir), workingDir].map((dir) => join(dir, 'templates')))];
}

/** If a build keeps the folder `src`, as in dist/src/main.js, the Nest CLI copies assets to the folder above it. */
function builtFolders(entryDir: string): readonly string[] {
  return basename(entryDir) === 'src' ? [entryDir, dirname(entryDir)] : [entryDir];
}
