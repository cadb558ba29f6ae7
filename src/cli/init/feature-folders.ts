import { readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** A folder of templates beside the code of a feature, for `MailModule.forFeature`. */
export interface FeatureFolder {
  /** Relative to the source root, with `/`. */
  readonly path: string;
  /** Its templates, relative to the source root. */
  readonly files: readonly string[];
}

const TEMPLATE = /\.hbs$/;

/**
 * Finds the outermost folders of the sources that hold templates.
 * @param sources absolute
 * @param templates the application's own templates folder, relative to the sources
 */
export async function featureFolders(
  sources: string,
  templates: string | undefined,
): Promise<readonly FeatureFolder[]> {
  const files = (await templatesBelow(sources)).filter((file) => !isWithin(file, templates));
  const folders = [...new Set(files.map((file) => dirname(file)))].filter((folder) => folder !== '.');
  return folders
    .filter((folder) => !folders.some((other) => other !== folder && isWithin(folder, other)))
    .toSorted()
    .map((path) => ({ path, files: files.filter((file) => isWithin(file, path)) }));
}

/** Empty while there are no sources. */
async function templatesBelow(sources: string): Promise<readonly string[]> {
  const entries = await readdir(sources, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && TEMPLATE.test(entry.name))
    .map((entry) => relative(sources, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .filter((file) => !file.split('/').includes('node_modules'));
}

function isWithin(path: string, folder: string | undefined): boolean {
  return folder !== undefined && path.startsWith(`${folder}/`);
}
