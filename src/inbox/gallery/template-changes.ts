import type { HandlebarsRenderer } from '../../render/handlebars-renderer.js';
import type { TemplateFolder } from '../../render/files/template-file.js';
import { TemplateInventory } from '../../render/compile/template-inventory.js';

/** The sources of all templates, serialized for comparison. */
interface TemplateSnapshot {
  /** By template: its files and all files they include. */
  readonly templates: ReadonlyMap<string, string>;
  /** Style sheets and message catalogs, which any template may use. */
  readonly shared: string;
}

/**
 * Reports the names of templates that a save changed, added or removed.
 * @returns a function that stops the reports
 */
export function followTemplates(
  renderer: HandlebarsRenderer,
  onChange: (names: readonly string[]) => void,
): () => void {
  let last = snapshotOf(renderer.folders());
  return renderer.onReload((folders) => {
    const next = snapshotOf(folders);
    const names = changedNames(last, next);
    last = next;
    if (names.length > 0) onChange(names);
  });
}

function changedNames(before: TemplateSnapshot, after: TemplateSnapshot): readonly string[] {
  const names = [...new Set([...before.templates.keys(), ...after.templates.keys()])];
  if (before.shared !== after.shared) return names;
  return names.filter((name) => before.templates.get(name) !== after.templates.get(name));
}

function snapshotOf(folders: readonly TemplateFolder[]): TemplateSnapshot {
  const templates = new Map<string, string>();
  for (const { template, html, text } of new TemplateInventory(folders).variants) {
    const files = [...html, ...text].map(({ file }) => [file.path, file.content]);
    templates.set(template, (templates.get(template) ?? '') + JSON.stringify(files));
  }
  const shared = folders.map(({ styles, messages }) => [[...styles], messages]);
  return { templates, shared: JSON.stringify(shared) };
}
