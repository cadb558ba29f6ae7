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
  type BuiltinHelper,
  type TemplateHelper,
} from '../helpers/helper.js';
import type { TemplateMessages } from '../i18n/template-messages.js';
import { ClassGetters, type ClassWithGetters } from './class-getters.js';
import {
  isFrame,
  placedHelper,
  PRINTING,
  strictHelpers,
  textOnly,
  type HandlebarsHelper,
} from './runtime-helpers.js';
import type { Sites } from './site.js';
import { STRICT_HELPERS, type StrictProgram } from './strict-node.js';

/** A compiled template or partial, as Handlebars calls it. */
export type CompiledTemplate = Handlebars.TemplateDelegate<unknown>;

/** Partials by name. Only own properties count. */
export type Partials = Readonly<Record<string, CompiledTemplate>>;

/** What templates read through `@`, and helpers through `options.data`. */
export interface RenderData {
  readonly root: object;
  readonly locale: string;
  /** Which way the locale's language is written. */
  readonly dir: TextDirection;
  readonly timeZone: string;
  readonly date: Date | undefined;
  readonly subject?: string | undefined;
  readonly preheader: Preheader;
  readonly messages: TemplateMessages;
}

/** A compiled piece with everything it needs but a context. */
export type Rendering = (context: object, data: RenderData) => string;

/** Whether what is printed may be HTML, as a `SafeString` is. */
export type Values = 'any' | 'text';

export interface TemplateEngineOptions {
  /** Functions templates may call, beside the built-in ones. */
  readonly helpers: Readonly<Record<string, TemplateHelper>>;
  /** How helpers are given, for faults. @default 'templates.helpers' */
  readonly helpersName?: string;
  /** Classes whose getters templates may read. @default none */
  readonly readGetters?: readonly ClassWithGetters[];
}

/** Partials may include each other this deep in one mail. */
export const MAX_PARTIAL_DEPTH = 100;

/**
 * Compiles and runs strict syntax trees in a Handlebars environment of its own: nothing registered
 * here is seen by another renderer, and nothing registered globally is seen here.
 */
export class TemplateEngine {
  readonly builtins: ReadonlyMap<string, BuiltinHelper>;
  readonly userHelpers: ReadonlySet<string>;
  /** How helpers are given, for faults. */
  readonly helpersName: string;
  /** Those of them that may print HTML. */
  readonly markupHelpers: ReadonlySet<string>;
  readonly #environment = Handlebars.create();
  readonly #callable: ReadonlyMap<string, HandlebarsHelper>;
  readonly #knownHelpers: Readonly<Record<string, boolean>>;
  readonly #getters: ClassGetters;
  #partialDepth = 0;

  constructor(
    { helpers, helpersName, readGetters = [] }: TemplateEngineOptions,
    builtins: ReadonlyMap<string, BuiltinHelper>,
  ) {
    this.builtins = builtins;
    this.helpersName = helpersName ?? HELPERS_OPTION;
    this.#getters = new ClassGetters(readGetters);
    this.userHelpers = new Set(Object.keys(helpers));
    const markup = Object.entries(helpers).filter(([, helper]) => !isTextHelper(helper));
    this.markupHelpers = new Set(markup.map(([name]) => name));
    const own = [...builtins].map(([name, { run }]): [string, TemplateHelper] => [name, run]);
    const placed = [...own, ...Object.entries(helpers)].map(([name, helper]): [string, HandlebarsHelper] => [
      name,
      placedHelper(name, helper),
    ]);
    this.#callable = new Map(placed);
    const names = [...this.#callable.keys(), ...Object.values(STRICT_HELPERS), ...BLOCK_HELPERS];
    this.#knownHelpers = Object.fromEntries(names.map((name): [string, boolean] => [name, true]));
  }

  /** What can be wrong with a program was found before; so code for it is made when it is first called. */
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
   * A partial in a file. Handlebars keeps the partials in sight with a compiled template: where it is called
   * inside itself with others, as in the block of a call, the call has a copy of its own.
   */
  partial(program: StrictProgram, destination: Destination, name: string): CompiledTemplate {
    const idle: CompiledTemplate[] = [];
    const active = new Map<unknown, { readonly run: CompiledTemplate; depth: number }>();
    return this.#guarded((context, options) => {
      const sight: unknown = options?.partials;
      const used = active.get(sight) ?? { run: idle.pop() ?? this.compile(program, destination), depth: 0 };
      active.set(sight, used);
      used.depth += 1;
      try {
        return used.run(context, options);
      } finally {
        used.depth -= 1;
        if (used.depth === 0) {
          active.delete(sight);
          idle.push(used.run);
        }
      }
    }, name);
  }

  /** A partial that cannot include itself for ever, whatever the context says. */
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

  /** Everything a compiled template needs besides its context and data; made once per set of templates. */
  surroundings(
    sites: Sites,
    partials: Partials,
    inlineNames: ReadonlySet<string>,
    values: Values = 'any',
  ): RunSurroundings {
    const isPartial = (name: string): boolean => Object.hasOwn(partials, name) || inlineNames.has(name);
    return {
      // Runs a template the way Handlebars runs a partial: with what is given here and nothing merged in.
      partial: true,
      helpers: this.#helpers(sites, isPartial, values),
      partials,
      decorators: { inline: this.#inlineDecorator() },
      hooks: {},
      protoAccessControl: { properties: DENY_ALL, methods: DENY_ALL },
    };
  }

  #helpers(
    sites: Sites,
    isPartial: (name: string) => boolean,
    values: Values,
  ): Record<string, HelperFunction> {
    const native = Object.entries(this.#environment.helpers).filter(([name]) => isBlockHelper(name));
    const strict = strictHelpers(sites, isPartial, this.#getters);
    const own = Object.fromEntries([...this.#callable, ...strict]);
    if (values === 'text') for (const name of PRINTING) own[name] = textOnly(own[name]);
    // Not without prototype: such objects are slow, and every name looked up here was checked at load.
    return { ...Object.fromEntries(native), ...own };
  }

  /**
   * As Handlebars' own, with the guard around what it registers and the outer partials put back after a fault.
   * What it registers sees the inline partials beside it and those in the block it is called with, as a file does.
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

function withPartials(container: Container, partials: Partials, run: () => string): string {
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
  const block = isFrame(runtime) ? runtime['fn'] : undefined;
  const given: unknown = typeof block === 'function' ? Reflect.get(block, 'partials') : undefined;
  return typeof given === 'object' && given !== null ? given : undefined;
}

type HelperFunction = HandlebarsHelper | Handlebars.HelperDelegate;

/** What a compiled template runs with. */
interface Container {
  partials: Partials;
}

type Decorator = (
  fn: CompiledTemplate,
  props: { partials?: Record<string, CompiledTemplate> },
  container: Container,
  options: { readonly args: readonly unknown[]; readonly fn: CompiledTemplate },
) => CompiledTemplate;

/** The second argument of a compiled template, without its data. */
export interface RunSurroundings {
  readonly partial: true;
  readonly helpers: Record<string, HelperFunction>;
  readonly partials: Record<string, CompiledTemplate>;
  readonly decorators: Record<string, Decorator>;
  readonly hooks: object;
  readonly protoAccessControl: object;
}

const DENY_ALL = { whitelist: {}, defaultValue: false } as const;

/** The options of one run. Written out: a spread costs more than rendering a short subject. */
export function runOptions(
  surroundings: RunSurroundings,
  data: RenderData,
): RunSurroundings & { readonly data: RenderData } {
  const { partial, helpers, partials, decorators, hooks, protoAccessControl } = surroundings;
  return { partial, helpers, partials, decorators, hooks, protoAccessControl, data };
}
