import { posix } from 'node:path';
import type { TemplateFolder } from '../files/template-file.js';

/** The style sheets in the templates folders, by their path there. */
export class StyleSheets {
  readonly #folders: readonly TemplateFolder[];

  constructor(folders: readonly TemplateFolder[]) {
    this.#folders = folders;
  }

  /** Finds the sheet behind a link's `href`, first in the template's own namespace. */
  find(href: string, namespace: string): string | undefined {
    const path = posix.normalize(href.replace(/[?#].*$/, '').replace(/^\/+/, ''));
    const own = this.#folders.filter(({ root }) => namespace !== '' && root.namespace === namespace);
    const common = this.#folders.filter(({ root }) => root.namespace === undefined);
    return [...own, ...common].find(({ styles }) => styles.has(path))?.styles.get(path);
  }
}
