import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** In the order the Nest CLI looks for them. */
export const NEST_CLI_FILES = ['nest-cli.json', '.nest-cli.json'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Where nest-cli.json says that an application, or each project of a workspace, keeps its sources. */
export class NestProjects {
  readonly names: readonly string[];
  readonly #fields: Fields;

  constructor(fields: Fields) {
    const { projects } = fields;
    this.names = isFields(projects) ? Object.keys(projects) : [];
    this.#fields = fields;
  }

  /** Relative to the folder of nest-cli.json. Without a name, of the application that a build without one builds. */
  sourceRoot(project?: string): string {
    const own = project === undefined ? undefined : this.#text(['projects', project, 'sourceRoot']);
    return own ?? this.#text(['sourceRoot']) ?? 'src';
  }

  /**
   * The project that a path is of, sources or build: `apps/shop/src`, `dist/apps/shop`.
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

/** What stands in a JSON value behind some fields. */
export function fieldAt(from: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, field) => (isFields(value) ? value[field] : undefined), from);
}

/** Where the process runs. */
export interface RunningAt {
  readonly workingDir: string;
  /** Folder of the program's entry file: the application's, or a test runner's. */
  readonly entryDir: string;
}

/**
 * `templates` below the source root of the project that runs: the files people edit, which a build copies late or
 * not at all. The project is that of the entry file, else of the working directory, else the default one.
 * @returns nothing where there is no such folder, or no nest-cli.json
 */
export function templatesInSources({ workingDir, entryDir }: RunningAt): string | undefined {
  // Tests are run by a program out of node_modules.
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

/** The nearest nest-cli.json at or above a folder, within its package. One that cannot be read is the Nest CLI's to tell. */
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
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
