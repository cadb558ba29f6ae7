import type { VNode } from 'preact';

import type { TemplateSummary } from '../../api/templates.js';
import { hrefOf } from '../route.js';

interface TemplateListProps {
  readonly templates: readonly TemplateSummary[];
  readonly current: string;
}

export function TemplateList({ templates, current }: TemplateListProps): VNode {
  return (
    <nav class="list tree" aria-label="Templates">
      <Folder folder={treeOf(templates)} current={current} />
    </nav>
  );
}

function Folder({ folder, current }: { readonly folder: TemplateTree; readonly current: string }): VNode {
  return (
    <ul>
      {folder.templates.map((template) => (
        <li key={template.name}>
          <TemplateLink template={template} current={template.name === current} />
        </li>
      ))}
      {folder.folders.map((inner) => (
        <li key={inner.name}>
          <span class="folder">{inner.name}</span>
          <Folder folder={inner} current={current} />
        </li>
      ))}
    </ul>
  );
}

interface TemplateLinkProps {
  readonly template: TemplateSummary;
  readonly current: boolean;
}

function TemplateLink({ template, current }: TemplateLinkProps): VNode {
  const { name, locales, sample, fastPath } = template;
  return (
    <a class="leaf" data-view="" href={hrefOf('gallery', name)} aria-current={current ? 'true' : undefined}>
      <span>{leafOf(name)}</span>
      <span class="row-facts">
        {locales.map((locale) => (
          <span key={locale} class="chip">
            {locale}
          </span>
        ))}
        {sample ? null : <span class="status warn">no sample</span>}
        {fastPath.fast ? null : <span class="status plain">slow</span>}
      </span>
    </a>
  );
}

/** A folder of templates: `billing/invoice` is `invoice` in `billing`. */
interface TemplateTree {
  readonly name: string;
  readonly templates: readonly TemplateSummary[];
  readonly folders: readonly TemplateTree[];
}

function treeOf(templates: readonly TemplateSummary[], name = '', path = ''): TemplateTree {
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

const leafOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
