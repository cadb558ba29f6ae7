import { join, posix } from 'node:path';
import { didYouMean } from '../mail.closest.js';
import { show } from '../mail.report.js';
import { UsageError } from './command.js';
import { type JsonFile, readJsonFile } from './json-file.js';
import { type Fields, isRecord } from './record.js';

/** In the order the Nest CLI looks for them. */
const FILE_NAMES = ['nest-cli.json', '.nest-cli.json'] as const;

/** Where nest-cli.json sets which assets a build copies: the fields that lead there. */
export type SettingPath = readonly string[];

/** What nest-cli.json says of an application, or of one project of a workspace. */
export class NestSettings {
  /** Absent when there is no nest-cli.json. */
  readonly file: JsonFile | undefined;
  /** Relative to the folder of nest-cli.json. */
  readonly sourceRoot: string;
  readonly #fields: Fields;
  readonly #project: string | undefined;

  /** @throws {UsageError} when there is no such project */
  constructor(file: JsonFile | undefined, project?: string) {
    this.file = file;
    this.#fields = file?.fields ?? {};
    this.#project = project;
    if (project !== undefined && !this.#projects.has(project)) throw this.#unknown(project);
    this.sourceRoot = this.#sourceRootOf(project);
  }

  /**
   * Every list that decides what is copied with the application's build. A project's own hides that of the
   * workspace; the application that a build without a name builds may also be built by its name.
   */
  assetLists(): readonly SettingPath[] {
    const name = this.#project;
    const isDefault = name === undefined || this.sourceRoot === this.#sourceRootOf(undefined);
    if (!isDefault) return [listOf(name)];
    const others = [...this.#projects.keys()].filter(
      (other) => this.#sourceRootOf(other) === this.sourceRoot,
    );
    const lists = others.map((other): SettingPath => listOf(other));
    return [ASSETS, ...lists.filter((list) => this.has(list))];
  }

  /** Where templates are looked for, the likeliest first, relative to the folder of nest-cli.json, with `/`. */
  get templateFolders(): readonly [string, ...string[]] {
    const own = posix.join(this.sourceRoot, 'templates');
    const others = this.#project === undefined ? ['src/templates', 'templates'] : [];
    return [own, ...others.filter((folder) => folder !== own)];
  }

  /** What a list holds, or would take over if it were written. */
  assets(list: SettingPath): unknown {
    return valueAt(this.#fields, list) ?? valueAt(this.#fields, ASSETS) ?? [];
  }

  /** Whether the list is in the file. */
  has(list: SettingPath): boolean {
    return valueAt(this.#fields, list) !== undefined;
  }

  get #projects(): ReadonlyMap<string, unknown> {
    const { projects } = this.#fields;
    return new Map(isRecord(projects) ? Object.entries(projects) : []);
  }

  #sourceRootOf(project: string | undefined): string {
    const own = project === undefined ? undefined : valueAt(this.#projects.get(project), ['sourceRoot']);
    const root = own ?? this.#fields['sourceRoot'];
    return typeof root === 'string' ? root : 'src';
  }

  #unknown(project: string): UsageError {
    const names = [...this.#projects.keys()];
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
  for (const name of FILE_NAMES) {
    const file = await readJsonFile(join(dir, name));
    if (file) return new NestSettings(file, project);
  }
  return new NestSettings(undefined, project);
}

function valueAt(from: unknown, path: SettingPath): unknown {
  return path.reduce<unknown>((value, field) => (isRecord(value) ? value[field] : undefined), from);
}
