import { basename, dirname, join, resolve } from 'node:path';
import {
  checkGroup,
  checkKeys,
  type Place,
  readBoolean,
  readClasses,
  readFolders,
  readPath,
} from './checks.js';
import { templatesInSources } from './nest-projects.js';
import { readDefaultLocale, readTranslator } from './messages.js';
import { readSources } from './sources.js';
import { readTheme } from './theme.js';
import type { ResolvedTemplates, Surroundings, TemplateOptions } from './options.js';
import { pathFault } from '../errors/path-fault.js';
import type { ConfigReport } from '../errors/config-report.js';

const TEMPLATE_KEYS = [
  'dir',
  'dirs',
  'sources',
  'helpers',
  'readGetters',
  'theme',
  'defaultLocale',
  'translator',
  'inlineCss',
  'watch',
] as const satisfies ReadonlyArray<keyof TemplateOptions>;

/** Options over defaults; what is wrong goes into the report. */
export function resolveTemplates(
  options: TemplateOptions,
  surroundings: Surroundings,
  report: ConfigReport,
): ResolvedTemplates {
  const { nodeEnv, workingDir } = surroundings;
  const at = (field: string): Place => ({ where: `templates.${field}`, report });
  checkKeys(options, TEMPLATE_KEYS, at(''));
  const dir = readPath(options.dir, 'a folder', pathFault, at('dir'));
  const dirs = readFolders(options.dirs, at('dirs')) ?? (dir === undefined ? undefined : [dir]);
  if (options.dir !== undefined && options.dirs !== undefined) {
    report.add({ where: 'templates', expected: 'dir or dirs', found: 'both' });
  }
  return {
    folders: dirs
      ? dirs.map((own) => ({ dir: resolve(workingDir, own), required: true }))
      : usualFolders(surroundings).map((usual) => ({ dir: usual, required: false })),
    sources: readSources(options.sources, at('sources')),
    helpers: readHelpers(options.helpers, at('helpers')),
    readGetters: readClasses(options.readGetters, at('readGetters')) ?? [],
    theme: readTheme(options.theme, at('theme')),
    defaultLocale: readDefaultLocale(options.defaultLocale, at('defaultLocale')),
    translator: readTranslator(options.translator, at('translator')),
    inlineCss: readBoolean(options.inlineCss, at('inlineCss')) ?? true,
    watch: readBoolean(options.watch, at('watch')) ?? (nodeEnv === undefined || nodeEnv === 'development'),
  };
}

/** Outside production those of the sources alone: what a build left of them elsewhere may be out of date. */
function usualFolders({ nodeEnv, workingDir, entryDir }: Surroundings): readonly string[] {
  const sources = nodeEnv === 'production' ? undefined : templatesInSources({ workingDir, entryDir });
  if (sources !== undefined) return [sources];
  return [...new Set([...builtFolders(entryDir), workingDir].map((dir) => join(dir, 'templates')))];
}

function readHelpers(helpers: TemplateOptions['helpers'], place: Place): ResolvedTemplates['helpers'] {
  return helpers !== undefined && checkGroup(helpers, place) ? helpers : {};
}

/** A build of files beside `src` keeps that folder, as in dist/src/main.js, and copies assets to the one above it. */
function builtFolders(entryDir: string): readonly string[] {
  return basename(entryDir) === 'src' ? [entryDir, dirname(entryDir)] : [entryDir];
}
