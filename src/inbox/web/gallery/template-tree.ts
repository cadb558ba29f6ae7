import type { TemplateSummary } from '../../api/templates.js';

/** A folder of templates: `billing/invoice` is `invoice` in `billing`. */
export interface TemplateFolder {
  readonly name: string;
  readonly templates: readonly TemplateSummary[];
  readonly folders: readonly TemplateFolder[];
}

export function treeOf(templates: readonly TemplateSummary[], name = '', path = ''): TemplateFolder {
  const rest = (template: TemplateSummary): readonly string[] => template.name.slice(path.length).split('/');
  const inside = new Set(templates.flatMap((template) => rest(template).slice(0, -1).slice(0, 1)));
  return {
    name,
    templates: templates.filter((template) => rest(template).length === 1),
    folders: [...inside].toSorted().map((folder) => {
      const prefix = `${path}${folder}/`;
      return treeOf(
        templates.filter((template) => template.name.startsWith(prefix)),
        folder,
        prefix,
      );
    }),
  };
}

/** The last part of its name. */
export const leafOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
