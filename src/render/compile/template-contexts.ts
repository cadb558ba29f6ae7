import { readContext, type PartialShape, type ShapeSources } from '../context/context-shape.js';
import { ContextSlot } from '../context/context-slot.js';
import type { Messages } from '../i18n/messages.js';
import { inlinesOf } from '../syntax/syntax-nodes.js';
import { LAYOUT_PREFIX, sharedName } from './template-catalog.js';
import type { ParsedFile, VariantSources } from './template-inventory.js';

export interface ContextSources extends Pick<ShapeSources, 'userHelpers' | 'onRead'> {
  readonly messages: Messages;
}

/** The context that each template reads, over all its languages, by template name. */
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
  // A sample describes only the fields that some template reads, so samples come last.
  for (const { template, front } of variants)
    if (front.sample) contexts.get(template)?.inferFrom(front.sample);
  return contexts;
}

interface VariantReading extends Omit<ShapeSources, 'partials'> {
  readonly context: ContextSlot;
}

function readVariant(
  context: ContextSlot,
  { front, html, text, lines }: VariantSources,
  { messages, ...shared }: ContextSources,
): void {
  const namespace = (html[0] ?? text[0])?.namespace ?? '';
  const reading: VariantReading = {
    ...shared,
    context,
    ownPreheader: front.preheader !== undefined,
    messageArguments: (key) => messages.argumentKinds({ key, namespace }),
  };
  readPage(html, front.layout?.name, reading);
  readPage(text, text[0]?.front.layout?.name ?? front.layout?.name, reading);
  for (const { tree } of lines.pieces) if (tree) readTree(tree, partialsOf(lines.partials), reading);
}

/** The layout of a page may call the inline partials of the page. */
function readPage(
  [page, ...others]: readonly ParsedFile[],
  layout: string | undefined,
  reading: VariantReading,
): void {
  if (!page?.tree) return;
  const partials = partialsOf(others);
  readTree(page.tree, partials, reading);
  const around = layout === undefined ? undefined : partials.get(LAYOUT_PREFIX + layout);
  const inlines = [...inlinesOf(page.tree)].map(([name, tree]) => [name, { tree }] as const);
  if (around) readTree(around.tree, new Map([...partials, ...inlines]), reading);
}

function readTree(
  tree: hbs.AST.Program,
  partials: PartialShapes,
  { context, ...sources }: VariantReading,
): void {
  readContext(context, tree, { partials, ...sources });
}

type PartialShapes = ReadonlyMap<string, PartialShape>;

function partialsOf(sources: readonly ParsedFile[]): PartialShapes {
  const named = sources.flatMap(({ file, tree }) => {
    return tree ? [[sharedName(file), { tree, component: file.component }] as const] : [];
  });
  return new Map(named);
}
