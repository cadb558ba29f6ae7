import type { Page } from './page.js';
import type { TemplateMessages } from '../i18n/template-messages.js';
import type { TemplateFault } from '../faults/template-fault.js';
import type { TemplateInventory } from './template-inventory.js';

/** The version of a template that mails are rendered from, with its messages. */
export interface PageInUse {
  readonly page: Page;
  readonly messages: TemplateMessages;
}

export type PagesInUse = ReadonlyMap<string, PageInUse>;

/** The result of reading the folders once. Inventories are slow to make, so they are made only after faults. */
export interface FolderGeneration {
  readonly pages: ReadonlyMap<string, Page>;
  readonly messages: TemplateMessages;
  readonly faults: readonly TemplateFault[];
  readonly inventory: () => TemplateInventory;
  /** The inventory of the previous reading. */
  readonly before: () => TemplateInventory;
}

/**
 * The templates that mails are rendered from after a reading. A template with a fault stays at its last version, so
 * that a half-finished edit fails no mail. All messages do the same while a catalog has a fault.
 */
export function pagesInUse(reading: FolderGeneration, last: PagesInUse): PagesInUse {
  const { faults, inventory, before } = reading;
  const isCatalogFaulty = faults.some(({ place }) => place.file.endsWith('.json'));
  const pages = [...reading.pages].map(([name, page]): [string, PageInUse] => {
    const messages = (isCatalogFaulty ? last.get(name)?.messages : undefined) ?? reading.messages;
    return [name, { page, messages }];
  });
  if (faults.length === 0 || last.size === 0) return new Map(pages);
  const touched = pagesTouched(inventory(), faults);
  // Only the previous inventory has a file that can no longer be read.
  const gone = pagesTouched(before(), faults);
  const kept = [...last].filter(
    ([name]) => touched.has(name) || (!reading.pages.has(name) && gone.has(name)),
  );
  return new Map([...pages, ...kept]);
}

/** The templates whose own files, layouts or partials have a fault. */
function pagesTouched(inventory: TemplateInventory, faults: readonly TemplateFault[]): ReadonlySet<string> {
  const faulty = new Set(faults.map(({ place }) => place.file));
  const touched = inventory.variants.filter(({ html, text, lines }) =>
    [html, text, lines.partials].some((files) => files.some(({ file }) => faulty.has(file.path))),
  );
  return new Set(touched.map(({ template }) => template));
}
