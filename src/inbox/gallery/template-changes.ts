import type { HandlebarsRenderer } from '../../render/handlebars-renderer.js';
import type { TemplateFolder } from '../../render/files/template-file.js';
import { TemplateInventory } from '../../render/compile/template-inventory.js';

/** What templates are made of, to be compared. */
interface Generation {
  /** Of each template: its files with all they reach. */
  readonly templates: ReadonlyMap<string, string>;
  /** What any of them may use: style sheets and catalogs. */
  readonly shared: string;
}

/**
 * Tells the names of the templates that look different since a file was saved, also of those that are new
 * or gone.
 * @returns ends it
 */
export function followTemplates(
  renderer: HandlebarsRenderer,
  onChange: (names: readonly string[]) => void,
): () => void {
  let last = generationOf(renderer.folders());
  return renderer.onReload((folders) => {
    const next = generationOf(folders);
    const names = changed(last, next);
    last = next;
    if (names.length > 0) onChange(names);
  });
}

function changed(before: Generation, after: Generation): readonly string[] {
  const names = [...new Set([...before.templates.keys(), ...after.templates.keys()])];
  if (before.shared !== after.shared) return names;
  return names.filter((name) => before.templates.get(name) !== after.templates.get(name));
}

function generationOf(folders: readonly TemplateFolder[]): Generation {
  const templates = new Map<string, string>();
  for (const { template, html, text } of new TemplateInventory(folders).variants) {
    const files = [...html, ...text].map(({ file }) => [file.path, file.content]);
    templates.set(template, (templates.get(template) ?? '') + JSON.stringify(files));
  }
  const shared = folders.map(({ styles, messages }) => [[...styles], messages]);
  return { templates, shared: JSON.stringify(shared) };
}
