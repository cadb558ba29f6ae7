import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { isObject } from '../message/values/fields.js';

/** In the order in which the Nest CLI looks for them. */
export const NEST_CLI_FILES = ['nest-cli.json', '.nest-cli.json'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** The source folders in nest-cli.json of an application, or of each project of a workspace. */
export class NestProjects {
  readonly names: readonly string[];
  readonly #fields: Fields;

  constructor(fields: Fields) {
    const { projects } = fields;
    this.names = isObject(projects) ? Object.keys(projects) : [];
    this.#fields = fields;
  }

  /** Relative to the folder of nest-cli.json. Without a name: the project that a build without a name builds. */
  sourceRoot(project?: string): string {
    const own = project === undefined ? undefined : this.#text(['projects', project, 'sourceRoot']);
    return own ?? this.#text(['sourceRoot']) ?? 'src';
  }

  /**
   * The project that a path belongs to, as source or build: `apps/shop/src`, `dist/apps/shop`.
   * @param path relative to the folder of nest-cli.json, with `/`
   */
  projectOf(path: string): string | undefined {
    const found = this.names.filter((name) => {
      const root = (this.#text(['projects', name, 'root']) ?? '').replaceAll(/^(?:\.?\/)+|\/$/g, '');
      return root !== '' && `/${path}/`.includes(`/${root}/`);
    });
    const length = (name: string): number => this.#text(['projects', name, 'root'])?.length ?? 0;
    return found.toSorted((a, b) => length(b) - length(a))[0];
  }

  #text(path: readonly string[]): string | undefined {
    const value = fieldAt(this.#fields, path);
    return typeof value === 'string' ? value : undefined;
  }
}

/** The value at a path of fields in JSON. */
export function fieldAt(from: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), from);
}

export interface RunningAt {
  readonly workingDir: string;
  /** Folder of the program's entry file: the application's, or a test runner's. */
  readonly entryDir: string;
}

/**
 * `templates` below the source root of the running project: the files people edit, which a build copies late or
 * not at all. The project is found by the entry file, else by the working directory, else it is the default one.
 * @returns undefined if there is no such folder or no nest-cli.json
 */
export function templatesInSources({ workingDir, entryDir }: RunningAt): string | undefined {
  // A test runner's entry file is in node_modules.
  const starts = [...(entryDir.split(sep).includes('node_modules') ? [] : [entryDir]), workingDir];
  const settings = starts.map(nearestSettings).find((found) => found !== undefined);
  if (!settings) return undefined;
  const { dir, projects } = settings;
  const paths = starts.map((start) => relative(dir, start).replaceAll(sep, '/'));
  const project = paths.map((path) => projects.projectOf(path)).find((name) => name !== undefined);
  const folder = join(dir, projects.sourceRoot(project), 'templates');
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : undefined;
}

interface NestSettingsFile {
  readonly dir: string;
  readonly projects: NestProjects;
}

/** The nearest nest-cli.json at or above a folder, within its package. The Nest CLI reports one that is unreadable. */
function nearestSettings(start: string): NestSettingsFile | undefined {
  for (let dir = start; ; dir = dirname(dir)) {
    const file = NEST_CLI_FILES.map((name) => join(dir, name)).find((path) => existsSync(path));
    if (file !== undefined) return { dir, projects: new NestProjects(fieldsOf(file)) };
    if (existsSync(join(dir, 'package.json')) || dirname(dir) === dir) return undefined;
  }
}

function fieldsOf(file: string): Fields {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
