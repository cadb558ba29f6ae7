import type { Page } from './page.js';
import type { TemplateMessages } from '../i18n/template-messages.js';
import type { TemplateFault } from '../faults/template-fault.js';
import type { TemplateInventory } from './template-inventory.js';

/** A template as mails are made of it, and the messages it prints. */
export interface PageInUse {
  readonly page: Page;
  readonly messages: TemplateMessages;
}

export type PagesInUse = ReadonlyMap<string, PageInUse>;

/** One reading of the folders. The inventories are asked for only when there are faults: making one takes a while. */
export interface Reading {
  readonly pages: ReadonlyMap<string, Page>;
  readonly messages: TemplateMessages;
  readonly faults: readonly TemplateFault[];
  readonly inventory: () => TemplateInventory;
  /** Of the reading before. */
  readonly before: () => TemplateInventory;
}

/**
 * The templates that mails are made of after a reading. One that a fault touches stays as it was, so that an edit
 * under way fails no mail; so do all messages while a catalog has a fault.
 */
export function pagesInUse(reading: Reading, last: PagesInUse): PagesInUse {
  const { faults, inventory, before } = reading;
  const isCatalogFaulty = faults.some(({ place }) => place.file.endsWith('.json'));
  const pages = [...reading.pages].map(([name, page]): [string, PageInUse] => {
    const messages = (isCatalogFaulty ? last.get(name)?.messages : undefined) ?? reading.messages;
    return [name, { page, messages }];
  });
  if (faults.length === 0 || last.size === 0) return new Map(pages);
  const touched = pagesTouched(inventory(), faults);
  // A file that cannot be read is in no inventory but the last one.
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
