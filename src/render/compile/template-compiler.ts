import { SlowPath, SlowPathNeeded } from '../faults/fast-path.js';
import { flattenTemplate, type FlattenedTemplate } from '../inline/flattened-template.js';
import type { PageProgram } from '../inline/page-program.js';
import type { StrictProgram } from '../engine/strict-node.js';
import type { Sites } from '../engine/site.js';
import type { NodePlaces } from '../syntax/page-places.js';
import {
  runOptions,
  type CompiledTemplate,
  type RenderData,
  type Rendering,
  type RunSurroundings,
  type TemplateEngine,
} from '../engine/template-engine.js';
import { invalidTemplates, type TemplateFault, type TemplateFaults } from '../faults/template-fault.js';
import type { Destination, TemplateFile } from '../files/template-file.js';

/** The partials in sight of a piece. */
export interface Sight {
  readonly files: ReadonlyMap<string, TemplateFile>;
  readonly destination: Destination;
  /** Of the templates that see them; the application's own have the empty one. */
  readonly namespace: string;
}

/** A piece with its layout and the partials in its sight, not yet compiled. */
export interface Plan {
  readonly program: StrictProgram;
  readonly sight: Sight;
}

/** What the pieces of one generation of templates came to. */
interface AnalysedPieces {
  readonly sites: Sites;
  readonly places: NodePlaces;
  /** The names of all inline partials. */
  readonly inlineNames: ReadonlySet<string>;
  piece(file: TemplateFile): { readonly program: StrictProgram } | undefined;
}

export interface TemplateCompilerOptions {
  readonly engine: TemplateEngine;
  readonly faults: TemplateFaults;
  readonly analysis: AnalysedPieces;
}

/** Compiles the pieces of one generation of templates, each partial once. */
export class TemplateCompiler {
  readonly #options: TemplateCompilerOptions;
  readonly #compiled = new Map<string, CompiledTemplate>();
  readonly #surroundings = new Map<Sight, RunSurroundings>();

  constructor(options: TemplateCompilerOptions) {
    this.#options = options;
  }

  /** A piece with its partials as they stand in their files. */
  rendering({ program, sight }: Plan): Rendering {
    const template = this.#options.engine.compile(program, sight.destination);
    const surroundings = this.#surroundingsOf(sight);
    return (context, data) => template(context, runOptions(surroundings, data));
  }

  /**
   * A page with the partials made for it.
   * @returns a rendering that throws `SlowPathNeeded` when a value brings HTML, or what HTML has no words for
   */
  pageRendering({ program, partials }: PageProgram, destination: Destination): Rendering {
    const { engine, analysis } = this.#options;
    const compiled = [...partials].map(([name, partial]): [string, CompiledTemplate] => [
      name,
      engine.compile(partial, destination),
    ]);
    const template = engine.compile(program, destination);
    const { sites, inlineNames } = analysis;
    const surroundings = engine.surroundings(sites, Object.fromEntries(compiled), inlineNames, 'text');
    return (context, data) => template(context, runOptions(surroundings, data));
  }

  /** @throws {SlowPath} when what will be printed where depends on values */
  flat({ program, sight }: Plan): FlattenedTemplate {
    const partial = (name: string): StrictProgram | undefined => {
      const file = sight.files.get(name);
      if (!file) return undefined;
      const found = this.#usable(file);
      if (found) return found;
      throw new SlowPath(`the partial "${name}" is invalid`);
    };
    return flattenTemplate(program, partial, this.#options.analysis.places);
  }

  #surroundingsOf(sight: Sight): RunSurroundings {
    const known = this.#surroundings.get(sight);
    if (known) return known;
    const { engine, analysis } = this.#options;
    const { sites, inlineNames } = analysis;
    const surroundings = engine.surroundings(sites, this.#partials(sight), inlineNames);
    this.#surroundings.set(sight, surroundings);
    return surroundings;
  }

  #partials({ files, destination }: Sight): Record<string, CompiledTemplate> {
    const compiled = [...files].map(([name, file]): [string, CompiledTemplate] => [
      name,
      this.#partial(name, file, destination),
    ]);
    return Object.fromEntries(compiled);
  }

  #partial(name: string, file: TemplateFile, destination: Destination): CompiledTemplate {
    const key = `${destination} ${file.path}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const program = this.#usable(file);
    const { engine } = this.#options;
    const partial = program ? engine.partial(program, destination, name) : faulty(this.#faultsIn(file));
    this.#compiled.set(key, partial);
    return partial;
  }

  #usable(file: TemplateFile): StrictProgram | undefined {
    return this.#faultsIn(file).length === 0 ? this.#options.analysis.piece(file)?.program : undefined;
  }

  #faultsIn({ path }: TemplateFile): readonly TemplateFault[] {
    return this.#options.faults.list.filter(({ place }) => place.file === path);
  }
}

/** Runs a fast rendering, and a slow one when something enters that its analysis could not see. */
export function withSlowPath<Rendered>(
  fast: (context: object, data: RenderData) => Rendered,
  slow: (context: object, data: RenderData) => Rendered,
): (context: object, data: RenderData) => Rendered {
  return (context, data) => {
    try {
      return fast(context, data);
    } catch (error) {
      if (!(error instanceof SlowPathNeeded)) throw error;
      return slow(context, data);
    }
  };
}

/** Stands in for a partial that an edit broke: the mails that use it fail, and say why. */
function faulty(faults: readonly TemplateFault[]): CompiledTemplate {
  return () => {
    throw invalidTemplates(faults);
  };
}
