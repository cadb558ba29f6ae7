import { join, posix } from 'node:path';
import { didYouMean } from '../errors/closest.js';
import { fieldAt, NEST_CLI_FILES, NestProjects } from '../options/nest-projects.js';
import { show } from '../errors/show.js';
import { UsageError } from './command.js';
import { type JsonFile, readJsonFile, type Values } from './json-file.js';

/** The fields of nest-cli.json that lead to a list of assets. */
export type SettingPath = readonly string[];

/** The settings of nest-cli.json for an application or one project of a workspace. */
export class NestSettings {
  /** Absent when there is no nest-cli.json. */
  readonly file: JsonFile | undefined;
  /** Relative to the folder of nest-cli.json. */
  readonly sourceRoot: string;
  readonly #fields: Values;
  readonly #projects: NestProjects;
  readonly #project: string | undefined;

  /** @throws {UsageError} when there is no such project */
  constructor(file: JsonFile | undefined, project?: string) {
    this.file = file;
    this.#fields = file?.fields ?? {};
    this.#projects = new NestProjects(this.#fields);
    this.#project = project;
    if (project !== undefined && !this.#projects.names.includes(project)) throw this.#unknown(project);
    this.sourceRoot = this.#projects.sourceRoot(project);
  }

  /**
   * Every list that decides which assets are copied with the application's build. A project's own list hides that of
   * the workspace; the default application may also be built by its name.
   */
  assetLists(): readonly SettingPath[] {
    const name = this.#project;
    const isDefault = name === undefined || this.sourceRoot === this.#projects.sourceRoot(undefined);
    if (!isDefault) return [listOf(name)];
    const others = this.#projects.names.filter(
      (other) => this.#projects.sourceRoot(other) === this.sourceRoot,
    );
    const lists = others.map((other): SettingPath => listOf(other));
    return [ASSETS, ...lists.filter((list) => this.has(list))];
  }

  /** Candidate folders for templates, the likeliest first, relative to the folder of nest-cli.json, with `/`. */
  get templateFolders(): readonly [string, ...string[]] {
    const own = posix.join(this.sourceRoot, 'templates');
    const others = this.#project === undefined ? ['src/templates', 'templates'] : [];
    return [own, ...others.filter((folder) => folder !== own)];
  }

  /** The value of a list, or the one that it would inherit. */
  assets(list: SettingPath): unknown {
    return fieldAt(this.#fields, list) ?? fieldAt(this.#fields, ASSETS) ?? [];
  }

  has(list: SettingPath): boolean {
    return fieldAt(this.#fields, list) !== undefined;
  }

  #unknown(project: string): UsageError {
    const { names } = this.#projects;
    const known = names.length > 0 ? `It has ${names.join(', ')}` : 'It has no projects';
    const hint = didYouMean(project, names) || `. ${known}`;
    return new UsageError(`--project: nest-cli.json has no project ${show(project)}${hint}`);
  }
}

const ASSETS: SettingPath = ['compilerOptions', 'assets'];

function listOf(project: string): SettingPath {
  return ['projects', project, ...ASSETS];
}

/**
 * @throws {UsageError} when there is no such project
 * @throws {MailError} `config` when nest-cli.json cannot be understood
 */
export async function nestSettings(dir: string, project?: string): Promise<NestSettings> {
  for (const name of NEST_CLI_FILES) {
    const file = await readJsonFile(join(dir, name));
    if (file) return new NestSettings(file, project);
  }
  return new NestSettings(undefined, project);
}
