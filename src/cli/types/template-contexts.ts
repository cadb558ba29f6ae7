import { inlinesOf, readContext, type PartialShape, type ShapeSources } from '../../render/context-shape.js';
import { ContextSlot } from '../../render/context-slot.js';
import { loadMessages } from '../../render/i18n/load-messages.js';
import type { Messages } from '../../render/i18n/messages.js';
import { kitFolder } from '../../render/kit/kit.js';
import { themeOf } from '../../render/kit/theme.js';
import { LAYOUT_PREFIX } from '../../render/template-catalog.js';
import { TemplateFaults } from '../../render/template-fault.js';
import { readFolder } from '../../render/template-folder.js';
import { TemplateInventory, type ParsedFile, type VariantSources } from '../../render/template-inventory.js';
import type { Project } from '../project.js';

/**
 * What each template of a project reads of its context, by name in alphabetical order.
 * @param onDirectory told each folder before it is read
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
  const userHelpers = new Set(Object.keys(project.helpers));
  const contexts = new Map<string, ContextSlot>();
  for (const variant of variants) {
    const context = contexts.get(variant.template) ?? new ContextSlot();
    readVariant(context, variant, userHelpers, messages);
    contexts.set(variant.template, context);
  }
  // Samples tell nothing of what is not read yet.
  for (const { template, front } of variants) if (front.sample) contexts.get(template)?.learn(front.sample);
  return contexts;
}

interface Reading extends Omit<ShapeSources, 'partials'> {
  readonly context: ContextSlot;
}

function readVariant(
  context: ContextSlot,
  { front, html, text, lines }: VariantSources,
  userHelpers: ReadonlySet<string>,
  messages: Messages,
): void {
  const namespace = (html[0] ?? text[0])?.namespace ?? '';
  const reading: Reading = {
    context,
    userHelpers,
    ownPreheader: front.preheader !== undefined,
    messageArguments: (key) => messages.argumentKinds({ key, namespace }),
  };
  readPage(html, front.layout?.name, reading);
  readPage(text, text[0]?.front.layout?.name ?? front.layout?.name, reading);
  for (const { tree } of lines.pieces) if (tree) readTree(tree, partialsOf(lines.partials), reading);
}

/** The page's inline partials are in sight of its layout. */
function readPage(
  [page, ...others]: readonly ParsedFile[],
  layout: string | undefined,
  reading: Reading,
): void {
  if (!page?.tree) return;
  const partials = partialsOf(others);
  readTree(page.tree, partials, reading);
  const around = layout === undefined ? undefined : partials.get(LAYOUT_PREFIX + layout);
  const inlines = [...inlinesOf(page.tree)].map(([name, tree]) => [name, { tree }] as const);
  if (around) readTree(around.tree, new Map([...partials, ...inlines]), reading);
}

function readTree(tree: hbs.AST.Program, partials: Partials, { context, ...sources }: Reading): void {
  readContext(context, tree, { partials, ...sources });
}

type Partials = ReadonlyMap<string, PartialShape>;

/** By the names they are called by. */
function partialsOf(sources: readonly ParsedFile[]): Partials {
  const named = sources.flatMap(({ file, tree }) => {
    const name = file.kind === 'layout' ? LAYOUT_PREFIX + file.name : file.name;
    return tree ? [[name, { tree, component: file.component }] as const] : [];
  });
  return new Map(named);
}
