import { SlowPath, SlowPathNeeded } from '../faults/fast-path.js';
import { flattenTemplate, type FlattenedTemplate } from '../inline/flattened-template.js';
import type { PageProgram } from '../inline/page-program.js';
import type { StrictProgram } from '../engine/strict-node.js';
import {
  runOptions,
  type CompiledTemplate,
  type RenderData,
  type Rendering,
  type RunContext,
  type TemplateEngine,
} from '../engine/template-engine.js';
import { invalidTemplates, type TemplateFault, type TemplateFaults } from '../faults/template-fault.js';
import type { Destination, TemplateFile } from '../files/template-file.js';
import type { TemplateAnalysis } from './template-analysis.js';

/** The partials that a piece may call. */
export interface PartialScope {
  readonly files: ReadonlyMap<string, TemplateFile>;
  readonly destination: Destination;
  /** The namespace of the calling templates; empty for the application's own. */
  readonly namespace: string;
}

/** A piece with its layout and partials, not yet compiled. */
export interface Plan {
  readonly program: StrictProgram;
  readonly scope: PartialScope;
}

export interface TemplateCompilerOptions {
  readonly engine: TemplateEngine;
  readonly faults: TemplateFaults;
  readonly analysis: TemplateAnalysis;
}

/** Compiles the pieces of one generation of templates, each partial once. */
export class TemplateCompiler {
  readonly #options: TemplateCompilerOptions;
  readonly #compiled = new Map<string, CompiledTemplate>();
  readonly #runContexts = new Map<PartialScope, RunContext>();

  constructor(options: TemplateCompilerOptions) {
    this.#options = options;
  }

  /** Compiles a piece with its partials as their files have them. */
  rendering({ program, scope }: Plan): Rendering {
    const template = this.#options.engine.compile(program, scope.destination);
    const run = this.#runContextOf(scope);
    return (context, data) => template(context, runOptions(run, data));
  }

  /**
   * Compiles a page with the partials made for it.
   * @returns a rendering that throws `SlowPathNeeded` when a value brings HTML, or a character that
   *   HTML parsers change
   */
  pageRendering({ program, partials }: PageProgram, destination: Destination): Rendering {
    const { engine, analysis } = this.#options;
    const compiled = [...partials].map(([name, partial]): [string, CompiledTemplate] => [
      name,
      engine.compile(partial, destination),
    ]);
    const template = engine.compile(program, destination);
    const { sites, inlineNames } = analysis;
    const run = engine.runContext(sites, Object.fromEntries(compiled), inlineNames, 'text');
    return (context, data) => template(context, runOptions(run, data));
  }

  /** @throws {SlowPath} when the place of printed parts depends on values */
  flat({ program, scope }: Plan): FlattenedTemplate {
    const partial = (name: string): StrictProgram | undefined => {
      const file = scope.files.get(name);
      if (!file) return undefined;
      const found = this.#usable(file);
      if (found) return found;
      throw new SlowPath(`the partial "${name}" is invalid`);
    };
    return flattenTemplate(program, partial);
  }

  #runContextOf(scope: PartialScope): RunContext {
    const known = this.#runContexts.get(scope);
    if (known) return known;
    const { engine, analysis } = this.#options;
    const { sites, inlineNames } = analysis;
    const run = engine.runContext(sites, this.#partials(scope), inlineNames);
    this.#runContexts.set(scope, run);
    return run;
  }

  #partials({ files, destination }: PartialScope): Record<string, CompiledTemplate> {
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

/** Runs the fast rendering, and the slow one when a value brings something that the analysis excluded. */
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

/** Replaces a partial that an edit broke: mails that use it fail with its faults. */
function faulty(faults: readonly TemplateFault[]): CompiledTemplate {
  return () => {
    throw invalidTemplates(faults);
  };
}
