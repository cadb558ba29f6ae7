import type { ContextSlot } from '../../render/context/context-slot.js';
import { loadMessages } from '../../render/i18n/messages.js';
import { kitFolder } from '../../render/components/kit.js';
import { themeOf } from '../../render/components/theme.js';
import { contextsOf } from '../../render/compile/template-contexts.js';
import { TemplateFaults } from '../../render/faults/template-fault.js';
import { readFolder } from '../../render/compile/template-folder.js';
import { TemplateInventory } from '../../render/compile/template-inventory.js';
import type { Project } from '../project.js';

/**
 * The context that each template of a project reads, by template name in alphabetical order.
 * @param onDirectory called with each folder before it is read
 * @throws {MailError} `template-invalid` when a template cannot be parsed, `config` when a folder is absent
 */
export async function templateContexts(
  project: Project,
  onDirectory?: (dir: string) => void,
): Promise<ReadonlyMap<string, ContextSlot>> {
  const faults = new TemplateFaults();
  const folders = await Promise.all(project.roots.map((root) => readFolder(root, { faults, onDirectory })));
  const { translator, defaultLocale } = project;
  const messages = await loadMessages({ folders, faults, defaultLocale, translator });
  const { variants } = new TemplateInventory([...folders, kitFolder(themeOf())], faults);
  faults.throwIfAny();
  return contextsOf(variants, { messages, userHelpers: new Set(Object.keys(project.helpers)) });
}
