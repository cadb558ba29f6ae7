import { isObject } from '../../message/values/fields.js';

/** An entry of nest-cli.json that has the build copy files. */
export interface AssetEntry {
  /** A pattern relative to the source root. */
  readonly include: string;
  /** A build that watches copies the file again after a change. */
  readonly watchAssets: true;
}

/** @param folder the templates folder, relative to the source root, with `/` */
export function assetEntry(folder: string): AssetEntry {
  return { include: `${folder}/**/*`, watchAssets: true };
}

/**
 * Whether a list of assets already copies these files.
 * @param files relative to the source root
 */
export function copies(assets: readonly unknown[], files: readonly string[]): boolean {
  const patterns = assets.flatMap((asset) => {
    const include = isObject(asset) ? asset['include'] : asset;
    return typeof include === 'string' ? [globPattern(include)] : [];
  });
  return files.every((file) => patterns.some((pattern) => pattern.test(file)));
}

const GLOB: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
  '}': ')',
  ',': '|',
};

/** Follows the Nest CLI: a folder stands for its whole content, unless the pattern ends with a star. */
function globPattern(glob: string): RegExp {
  const body = glob
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .replaceAll(/\*\*\/?|[*?{},]|[^\w/]/g, (part) => GLOB[part] ?? `\\${part}`);
  return new RegExp(`^${body}${glob.endsWith('*') ? '' : '(?:/.*)?'}$`);
}
