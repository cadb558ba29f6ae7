import { isRecord } from '../record.js';

/** What a build has to copy, as nest-cli.json writes it. */
export interface AssetEntry {
  /** A pattern below the source root. */
  readonly include: string;
  /** Copied again when it changes while the build watches. */
  readonly watchAssets: true;
}

/** @param folder of the templates, below the source root, with `/` */
export function assetEntry(folder: string): AssetEntry {
  return { include: `${folder}/**/*`, watchAssets: true };
}

/**
 * Whether a list of assets already copies files of a folder.
 * @param files below the source root
 */
export function copies(assets: readonly unknown[], files: readonly string[]): boolean {
  const patterns = assets.flatMap((asset) => {
    const include = isRecord(asset) ? asset['include'] : asset;
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

/** As the Nest CLI has it: a folder stands for all that is in it, unless the pattern ends with a star. */
function globPattern(glob: string): RegExp {
  const body = glob
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
    .replaceAll(/\*\*\/?|[*?{},]|[^\w/]/g, (part) => GLOB[part] ?? `\\${part}`);
  return new RegExp(`^${body}${glob.endsWith('*') ? '' : '(?:/.*)?'}$`);
}
