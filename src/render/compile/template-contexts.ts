import { inlinesOf, readContext, type PartialShape, type ShapeSources } from '../context/context-shape.js';
import { ContextSlot } from '../context/context-slot.js';
import type { Messages } from '../i18n/messages.js';
import { LAYOUT_PREFIX } from './template-catalog.js';
import type { ParsedFile, VariantSources } from './template-inventory.js';

export interface ContextSources extends Pick<ShapeSources, 'userHelpers' | 'onRead'> {
  readonly messages: Messages;
}

/** What each template reads of its context, in any of its languages, by name in alphabetical order. */
export function contextsOf(
  variants: readonly VariantSources[],
  sources: ContextSources,
): ReadonlyMap<string, ContextSlot> {
  const contexts = new Map<string, ContextSlot>();
  for (const variant of variants) {
    const context = contexts.get(variant.template) ?? new ContextSlot();
    readVariant(context, variant, sources);
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
  { messages, ...shared }: ContextSources,
): void {
  const namespace = (html[0] ?? text[0])?.namespace ?? '';
  const reading: Reading = {
    ...shared,
    context,
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
