import Handlebars from 'handlebars';
import { contextsOf } from '../../render/compile/template-contexts.js';
import type { VariantSources } from '../../render/compile/template-inventory.js';
import type { ContextSlot } from '../../render/context/context-slot.js';
import { type SourceLocation, showLocation } from '../../render/faults/source-location.js';
import type { HandlebarsRenderer } from '../../render/handlebars-renderer.js';
import { placeIn } from '../../render/syntax/syntax.js';
import type { MissingVariable, TemplatePage, TemplateVariable } from '../api/templates.js';
import { sourcePath } from './source-path.js';

type TemplateVariables = Pick<TemplatePage, 'variables' | 'missing'>;

/** What one language of a template reads of its context, and what its sample lacks of that. */
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

/** The path expressions of all the files of a variant, by the nodes of their trees. */
function placesOf({
  html,
  text,
  lines,
}: VariantSources): ReadonlyMap<hbs.AST.PathExpression, SourceLocation> {
  const places = new Map<hbs.AST.PathExpression, SourceLocation>();
  for (const { tree, body } of [...html, ...text, ...lines.pieces, ...lines.partials]) {
    const visitor = new PathVisitor((node) => places.set(node, placeIn(body, node.loc.start)));
    if (tree) visitor.accept(tree);
  }
  return places;
}

class PathVisitor extends Handlebars.Visitor {
  readonly #visit: (node: hbs.AST.PathExpression) => void;

  constructor(visit: (node: hbs.AST.PathExpression) => void) {
    super();
    this.#visit = visit;
  }

  override PathExpression(node: hbs.AST.PathExpression): void {
    this.#visit(node);
  }
}

/** A place in a context. */
interface Here {
  readonly path: string;
  /** What stands here in the sample: in a list, in each of its elements. */
  readonly samples: readonly unknown[];
  /** Where it, or what holds it, is read. */
  readonly place: SourceLocation | undefined;
  /** Every step up to here is. */
  readonly required: boolean;
}

/** Goes through a context and its samples side by side. */
class VariableReading implements TemplateVariables {
  readonly variables: TemplateVariable[] = [];
  readonly missing: MissingVariable[] = [];
  readonly #readAt: ReadonlyMap<ContextSlot, SourceLocation>;
  readonly #dir: string;

  constructor(readAt: ReadonlyMap<ContextSlot, SourceLocation>, dir: string) {
    this.#readAt = readAt;
    this.#dir = dir;
  }

  read(slot: ContextSlot, here: Here): void {
    const { elements, fields } = slot;
    const place = this.#readAt.get(slot) ?? here.place;
    const within = { ...here, place };
    const { path, samples } = here;
    if (elements) this.read(elements, { ...within, samples: samples.flatMap(elementsOf), path: `${path}[]` });
    for (const [name, field] of fields) this.#field(field, name, within);
    if (elements || fields.length > 0 || path === '') return;
    this.variables.push({
      path,
      where: place ? showLocation(this.#within(place)) : '',
      required: here.required,
    });
  }

  #field(field: ContextSlot, name: string, holder: Here): void {
    const path = holder.path ? `${holder.path}.${name}` : name;
    const values = holder.samples.map((sample) => ownValue(sample, name));
    const samples = values.filter((value) => value !== undefined);
    this.read(field, { ...holder, path, samples, required: holder.required && field.required });
    if (!field.required || samples.length === values.length) return;
    const place = this.#readAt.get(field) ?? this.#firstRead(field) ?? holder.place;
    if (place) this.missing.push({ path, template: this.#within(place).file, line: place.line });
  }

  /** Of the fields within, for one that is only passed through. */
  #firstRead({ fields, elements }: ContextSlot): SourceLocation | undefined {
    const inner = [...fields.map(([, field]) => field), ...(elements ? [elements] : [])];
    for (const slot of inner) {
      const place = this.#readAt.get(slot) ?? this.#firstRead(slot);
      if (place) return place;
    }
    return undefined;
  }

  #within(place: SourceLocation): SourceLocation {
    return { ...place, file: sourcePath(place.file, this.#dir) };
  }
}

function elementsOf(list: unknown): readonly unknown[] {
  if (Array.isArray(list)) return list;
  return typeof list === 'object' && list !== null ? Object.values(list) : [];
}

/** Reads a context as templates see it, without inherited properties. */
function ownValue(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return Reflect.get(holder, name);
}
