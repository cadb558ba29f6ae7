import Handlebars from 'handlebars';
import { ContextFault } from '../faults/context-fault.js';
import type { Destination } from '../files/template-file.js';
import type { Preheader } from '../format/preheader.js';
import type { TextDirection } from '../format/text-direction.js';
import {
  BLOCK_HELPERS,
  HELPERS_OPTION,
  isBlockHelper,
  isTextHelper,
  type TemplateHelper,
} from '../helpers/helper.js';
import type { TemplateMessages } from '../i18n/template-messages.js';
import { ClassGetters, type ClassWithGetters } from './class-getters.js';
import {
  isDataFrame,
  placedHelper,
  PRINTING,
  strictHelpers,
  textOnly,
  type HandlebarsHelper,
} from './runtime-helpers.js';
import type { PathSites } from './path-site.js';
import { STRICT_HELPERS, type StrictProgram } from './strict-node.js';

/** A compiled template or partial in the form that Handlebars calls. */
export type CompiledTemplate = Handlebars.TemplateDelegate<unknown>;

/** Partials by name. Only own properties count. */
export type Partials = Readonly<Record<string, CompiledTemplate>>;

/** The data that templates read through `@`, and helpers through `options.data`. */
export interface RenderData {
  readonly root: object;
  readonly locale: string;
  /** The direction in which the locale's language is written. */
  readonly dir: TextDirection;
  readonly timeZone: string;
  readonly date: Date | undefined;
  readonly subject?: string | undefined;
  readonly preheader: Preheader;
  readonly messages: TemplateMessages;
}

/** Renders a compiled piece. */
export type Rendering = (context: object, data: RenderData) => string;

/** Says whether printed values may be HTML, as a `SafeString` is. */
export type AllowedValues = 'any' | 'text';

export interface TemplateEngineOptions {
  /** Functions templates may call, beside the built-in ones. */
  readonly helpers: Readonly<Record<string, TemplateHelper>>;
  /** The option that faults name for adding a helper. @default 'templates.helpers' */
  readonly helpersName?: string;
  /** Classes whose getters templates may read. @default none */
  readonly readGetters?: readonly ClassWithGetters[];
}

/** Partials may include each other this deep in one mail. */
export const MAX_PARTIAL_DEPTH = 100;

/**
 * Compiles and runs strict syntax trees in its own Handlebars environment. Other renderers do not see the helpers
 * and partials registered here, and global ones are not seen here.
 */
export class TemplateEngine {
  readonly userHelpers: ReadonlySet<string>;
  /** The option that faults name for adding a helper. */
  readonly helpersName: string;
  /** The user helpers that may print HTML. */
  readonly markupHelpers: ReadonlySet<string>;
  readonly #environment = Handlebars.create();
  readonly #callable: ReadonlyMap<string, HandlebarsHelper>;
  readonly #knownHelpers: Readonly<Record<string, boolean>>;
  readonly #getters: ClassGetters;
  #partialDepth = 0;

  /** @param builtins the module's own helpers, which those of the options replace */
  constructor(
    { helpers, helpersName, readGetters = [] }: TemplateEngineOptions,
    builtins: ReadonlyArray<readonly [string, TemplateHelper]>,
  ) {
    this.helpersName = helpersName ?? HELPERS_OPTION;
    this.#getters = new ClassGetters(readGetters);
    this.userHelpers = new Set(Object.keys(helpers));
    const markup = Object.entries(helpers).filter(([, helper]) => !isTextHelper(helper));
    this.markupHelpers = new Set(markup.map(([name]) => name));
    const placed = [...builtins, ...Object.entries(helpers)].map(
      ([name, helper]): [string, HandlebarsHelper] => [name, placedHelper(name, helper)],
    );
    this.#callable = new Map(placed);
    const names = [...this.#callable.keys(), ...Object.values(STRICT_HELPERS), ...BLOCK_HELPERS];
    this.#knownHelpers = Object.fromEntries(names.map((name): [string, boolean] => [name, true]));
  }

  /** All faults of a program are found before, so Handlebars may generate its code on the first call. */
  compile(program: StrictProgram, destination: Destination): CompiledTemplate {
    return this.#environment.compile(program, {
      noEscape: destination === 'text',
      knownHelpers: this.#knownHelpers,
      knownHelpersOnly: true,
      // Whitespace control ran when the source was parsed; a second run would strip more.
      ignoreStandalone: true,
    });
  }

  /**
   * Compiles a partial from a file. Handlebars stores the visible partials in a compiled template. So a call inside
   * another call of the same partial, but with other partials visible, gets a compiled copy of its own.
   */
  partial(program: StrictProgram, destination: Destination, name: string): CompiledTemplate {
    const idle: CompiledTemplate[] = [];
    const active = new Map<unknown, { readonly run: CompiledTemplate; depth: number }>();
    return this.#guarded((context, options) => {
      const partials: unknown = options?.partials;
      const used = active.get(partials) ?? {
        run: idle.pop() ?? this.compile(program, destination),
        depth: 0,
      };
      active.set(partials, used);
      used.depth += 1;
      try {
        return used.run(context, options);
      } finally {
        used.depth -= 1;
        if (used.depth === 0) {
          active.delete(partials);
          idle.push(used.run);
        }
      }
    }, name);
  }

  /** Limits the depth of a partial that includes itself, whatever the context says. */
  #guarded(partial: CompiledTemplate, name: string): CompiledTemplate {
    return (context, options) => {
      if (this.#partialDepth >= MAX_PARTIAL_DEPTH) {
        throw new ContextFault(`partial "${name}" is included more than ${MAX_PARTIAL_DEPTH} levels deep`);
      }
      this.#partialDepth += 1;
      try {
        return partial(context, options);
      } finally {
        this.#partialDepth -= 1;
      }
    };
  }

  /** Everything a compiled template needs besides its context and data. Made once for each scope. */
  runContext(
    sites: PathSites,
    partials: Partials,
    inlineNames: ReadonlySet<string>,
    values: AllowedValues = 'any',
  ): RunContext {
    const isPartial = (name: string): boolean => Object.hasOwn(partials, name) || inlineNames.has(name);
    return {
      // Runs a template as Handlebars runs a partial: with these helpers and partials, and none merged in.
      partial: true,
      helpers: this.#helpers(sites, isPartial, values),
      partials,
      decorators: { inline: this.#inlineDecorator() },
      hooks: {},
      protoAccessControl: { properties: DENY_ALL, methods: DENY_ALL },
    };
  }

  #helpers(
    sites: PathSites,
    isPartial: (name: string) => boolean,
    values: AllowedValues,
  ): Record<string, HelperFunction> {
    const native = Object.entries(this.#environment.helpers).filter(([name]) => isBlockHelper(name));
    const strict = strictHelpers(sites, isPartial, this.#getters);
    const own = Object.fromEntries([...this.#callable, ...strict]);
    if (values === 'text') for (const name of PRINTING) own[name] = textOnly(own[name]);
    // The object keeps its prototype: without one it would be slow, and loading has checked every name.
    return { ...Object.fromEntries(native), ...own };
  }

  /**
   * Works as Handlebars' own `inline`, but limits the depth of the partial and restores the outer partials after a
   * fault. The partial sees its sibling inline partials and those in the block it is called with, as a file does.
   */
  #inlineDecorator(): Decorator {
    return (fn, props, container, options) => {
      const name = String(options.args[0]);
      const first = props.partials === undefined;
      const own = (props.partials ??= {});
      const inline: CompiledTemplate = (context, runtime) => {
        const run = (): string => options.fn(context, runtime);
        const given = givenTo(runtime);
        if (!given && Object.keys(own).every((known) => Object.hasOwn(container.partials, known)))
          return run();
        return withPartials(container, { ...own, ...container.partials, ...given }, run);
      };
      own[name] = Object.assign(this.#guarded(inline, name), options.fn);
      if (!first) return fn;
      return (context, runtime) =>
        withPartials(container, { ...container.partials, ...own }, () => fn(context, runtime));
    };
  }
}

function withPartials(container: RunContainer, partials: Partials, run: () => string): string {
  const outer = container.partials;
  container.partials = partials;
  try {
    return run();
  } finally {
    container.partials = outer;
  }
}

/** The inline partials in the block that a partial is called with. */
function givenTo(runtime: unknown): object | undefined {
  const block = isDataFrame(runtime) ? runtime['fn'] : undefined;
  const given: unknown = typeof block === 'function' ? Reflect.get(block, 'partials') : undefined;
  return typeof given === 'object' && given !== null ? given : undefined;
}

type HelperFunction = HandlebarsHelper | Handlebars.HelperDelegate;

/** The part of Handlebars' runtime that a compiled template reads its partials from. */
interface RunContainer {
  partials: Partials;
}

type Decorator = (
  fn: CompiledTemplate,
  props: { partials?: Record<string, CompiledTemplate> },
  container: RunContainer,
  options: { readonly args: readonly unknown[]; readonly fn: CompiledTemplate },
) => CompiledTemplate;

/** The second argument of a compiled template, without its data. */
export interface RunContext {
  readonly partial: true;
  readonly helpers: Record<string, HelperFunction>;
  readonly partials: Record<string, CompiledTemplate>;
  readonly decorators: Record<string, Decorator>;
  readonly hooks: object;
  readonly protoAccessControl: object;
}

const DENY_ALL = { whitelist: {}, defaultValue: false } as const;

/** The options of one run. The fields are written out: a spread costs more than rendering a short subject. */
export function runOptions(run: RunContext, data: RenderData): RunContext & { readonly data: RenderData } {
  const { partial, helpers, partials, decorators, hooks, protoAccessControl } = run;
  return { partial, helpers, partials, decorators, hooks, protoAccessControl, data };
}
