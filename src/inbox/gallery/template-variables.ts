import { contextsOf } from '../../render/compile/template-contexts.js';
import type { VariantSources } from '../../render/compile/template-inventory.js';
import type { ContextSlot } from '../../render/context/context-slot.js';
import { type SourceLocation, showLocation } from '../../render/faults/source-location.js';
import type { HandlebarsRenderer } from '../../render/handlebars-renderer.js';
import { placeIn } from '../../render/syntax/piece.js';
import { isPath, nodesIn } from '../../render/syntax/syntax-nodes.js';
import type { MissingVariable, TemplatePage, TemplateVariable } from '../api/templates.js';
import { sourcePath } from './source-path.js';

type TemplateVariables = Pick<TemplatePage, 'variables' | 'missing'>;

/** Lists the variables that one variant of a template reads, and those that its sample lacks. */
export function variablesOf(
  variant: VariantSources,
  renderer: HandlebarsRenderer,
  dir: string,
): TemplateVariables {
  const places = placesOf(variant);
  const readAt = new Map<ContextSlot, SourceLocation>();
  const contexts = contextsOf([variant], {
    messages: renderer.messages(),
    userHelpers: renderer.helperNames,
    onRead: (slot, path) => {
      const place = places.get(path);
      if (place && !readAt.has(slot)) readAt.set(slot, place);
    },
  });
  const root = contexts.get(variant.template);
  const reading = new VariableReading(readAt, dir);
  const samples = [variant.front.sample ?? {}];
  if (root) reading.read(root, { path: '', samples, place: undefined, required: true });
  return reading;
}

/** Locates the path expressions in all files of a variant, by their syntax nodes. */
function placesOf({
  html,
  text,
  lines,
}: VariantSources): ReadonlyMap<hbs.AST.PathExpression, SourceLocation> {
  const files = [...html, ...text, ...lines.pieces, ...lines.partials];
  const paths = files.flatMap(({ tree, body }) =>
    nodesIn(tree)
      .filter((node) => isPath(node))
      .map((node) => [node, placeIn(body, node.loc.start)] as const),
  );
  return new Map(paths);
}

/** A place in a context. */
interface ContextPosition {
  readonly path: string;
  /** Values at this position of the sample: one for each element of the lists above it. */
  readonly samples: readonly unknown[];
  /** First place that reads this value, or the value that contains it. */
  readonly place: SourceLocation | undefined;
  /** Whether every step of the path is required. */
  readonly required: boolean;
}

/** Walks a context and its samples in parallel. */
class VariableReading implements TemplateVariables {
  readonly variables: TemplateVariable[] = [];
  readonly missing: MissingVariable[] = [];
  readonly #readAt: ReadonlyMap<ContextSlot, SourceLocation>;
  readonly #dir: string;

  constructor(readAt: ReadonlyMap<ContextSlot, SourceLocation>, dir: string) {
    this.#readAt = readAt;
    this.#dir = dir;
  }

  read(slot: ContextSlot, here: ContextPosition): void {
    const { elements, fields } = slot;
    const place = this.#readAt.get(slot) ?? here.place;
    const within = { ...here, place };
    const { path, samples } = here;
    if (elements) this.read(elements, { ...within, samples: samples.flatMap(elementsOf), path: `${path}[]` });
    for (const [name, field] of fields) this.#field(field, name, within);
    if (elements || fields.length > 0 || path === '') return;
    this.variables.push({
      path,
      where: place ? showLocation(this.#withSourcePath(place)) : '',
      required: here.required,
    });
  }

  #field(field: ContextSlot, name: string, holder: ContextPosition): void {
    const path = holder.path ? `${holder.path}.${name}` : name;
    const values = holder.samples.map((sample) => ownValue(sample, name));
    const samples = values.filter((value) => value !== undefined);
    this.read(field, { ...holder, path, samples, required: holder.required && field.required });
    if (!field.required || samples.length === values.length) return;
    const place = this.#readAt.get(field) ?? this.#firstRead(field) ?? holder.place;
    if (place) this.missing.push({ path, template: this.#withSourcePath(place).file, line: place.line });
  }

  /** First place that reads a nested field, for an object that templates only pass through. */
  #firstRead({ fields, elements }: ContextSlot): SourceLocation | undefined {
    const inner = [...fields.map(([, field]) => field), ...(elements ? [elements] : [])];
    for (const slot of inner) {
      const place = this.#readAt.get(slot) ?? this.#firstRead(slot);
      if (place) return place;
    }
    return undefined;
  }

  #withSourcePath(place: SourceLocation): SourceLocation {
    return { ...place, file: sourcePath(place.file, this.#dir) };
  }
}

function elementsOf(list: unknown): readonly unknown[] {
  if (Array.isArray(list)) return list;
  return typeof list === 'object' && list !== null ? Object.values(list) : [];
}

/** Reads a property as templates do: inherited properties are invisible. */
function ownValue(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return Reflect.get(holder, name);
}
