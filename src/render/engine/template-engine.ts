import Handlebars from 'handlebars';
import { builtinHelpers, type BuiltinHelper } from './builtin-helpers.js';
import { ClassGetters, type ClassWithGetters } from './class-getters.js';
import { ContextFault } from '../faults/context-fault.js';
import { SlowPathNeeded } from '../faults/fast-path.js';
import {
  BLOCK_HELPERS,
  HELPERS_OPTION,
  isBlockHelper,
  isTextHelper,
  placedHelper,
  type HandlebarsHelper,
  type TemplateHelper,
} from '../helpers/helper.js';
import type { Messages } from '../i18n/messages.js';
import { Preheader } from '../format/preheader.js';
import { printable, printableAt, valueAt, type Site, type Sites } from './site.js';
import type { StrictProgram } from './strict-node.js';
import { SELF_PRINTING, STRICT_HELPERS } from './strict-helpers.js';
import type { TextDirection } from '../format/text-direction.js';

/** What is escaped: HTML everything, text (and subjects) nothing. */
export type Destination = 'html' | 'text';

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
  readonly messages: Messages;
}

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

  /** @param defaultLocale formats dates and numbers in the place of one that `Intl` does not know */
  constructor({ helpers, helpersName, readGetters = [] }: TemplateEngineOptions, defaultLocale: string) {
    this.builtins = builtinHelpers(defaultLocale);
    this.helpersName = helpersName ?? HELPERS_OPTION;
    this.#getters = new ClassGetters(readGetters);
    this.userHelpers = new Set(Object.keys(helpers));
    const markup = Object.entries(helpers).filter(([, helper]) => !isTextHelper(helper));
    this.markupHelpers = new Set(markup.map(([name]) => name));
    const builtins = [...this.builtins].map(([name, { run }]): [string, TemplateHelper] => [name, run]);
    const placed = [...builtins, ...Object.entries(helpers)].map(
      ([name, helper]): [string, HandlebarsHelper] => [name, placedHelper(name, helper)],
    );
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
  ): Surroundings {
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
export interface Surroundings {
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
  surroundings: Surroundings,
  data: RenderData,
): Surroundings & { readonly data: RenderData } {
  const { partial, helpers, partials, decorators, hooks, protoAccessControl } = surroundings;
  return { partial, helpers, partials, decorators, hooks, protoAccessControl, data };
}

/** Helpers whose results may be printed without passing another. */
const PRINTING: readonly string[] = [
  STRICT_HELPERS.print,
  STRICT_HELPERS.printData,
  STRICT_HELPERS.preheader,
  STRICT_HELPERS.shown,
  STRICT_HELPERS.lookup,
  ...SELF_PRINTING,
];

/** Of what is printed, only a `SafeString` is still an object; an HTML parser changes these two characters. */
function textOnly(helper: HandlebarsHelper | undefined): HandlebarsHelper {
  if (!helper) throw new TypeError('expected a helper');
  return function text(this: unknown, ...args: unknown[]): unknown {
    const value: unknown = Reflect.apply(helper, this, args);
    const enters =
      typeof value === 'string' ? /[\r\0]/.test(value) : typeof value === 'object' && value !== null;
    if (enters) throw new SlowPathNeeded();
    return value;
  };
}

type Frame = Readonly<Record<string, unknown>>;

function strictHelpers(
  sites: Sites,
  isPartial: (name: string) => boolean,
  getters: ClassGetters,
): ReadonlyArray<[string, HandlebarsHelper]> {
  const helper = STRICT_HELPERS;
  const at = (id: unknown): Site => sites.get(Number(id));
  return [
    [helper.print, (base, id) => printableAt(base, at(id), getters)],
    [helper.value, (base, id) => valueAt(base, at(id), getters)],
    [helper.data, (id, options) => dataAt(options, at(id), getters)],
    [helper.printData, (id, options) => printable(dataAt(options, at(id), getters), at(id))],
    [helper.preheader, (base, id, options) => preheaderAt(base, at(id), options, getters)],
    [helper.shown, (value, id) => printable(value, at(id))],
    [helper.lookup, (base, key, id) => lookedUp(base, key, at(id), getters)],
    [helper.partial, (name, id) => partialName(name, at(id), isPartial)],
    [
      helper.unforeseen,
      () => {
        throw new SlowPathNeeded();
      },
    ],
  ];
}

function dataAt(options: unknown, site: Site, getters: ClassGetters): unknown {
  let frame = frameOf(options);
  for (let up = site.up; up > 0 && frame; up--) frame = parentOf(frame);
  if (site.keys[0] === 'partial-block') return frame?.['partial-block'] !== undefined;
  return valueAt(frame, site, getters);
}

function parentOf(frame: Frame): Frame | undefined {
  const parent = frame['_parent'];
  return isFrame(parent) ? parent : undefined;
}

function frameOf(options: unknown): Frame | undefined {
  if (!isFrame(options)) return undefined;
  const { data } = options;
  return isFrame(data) ? data : undefined;
}

function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null;
}

/** The template's own preheader, else the context's; a layout may print it whether there is one or not. */
function preheaderAt(base: unknown, site: Site, options: unknown, getters: ClassGetters): unknown {
  const own = frameOf(options)?.['preheader'];
  const text = own instanceof Preheader ? (site.lenient ? own.text : own.print()) : undefined;
  if (text !== undefined) return text;
  return printableAt(base, { ...site, lenient: true }, getters) ?? null;
}

function lookedUp(base: unknown, key: unknown, site: Site, getters: ClassGetters): unknown {
  if (typeof key !== 'string' && typeof key !== 'number') {
    if (site.lenient) return undefined;
    const { place, path } = site;
    throw new ContextFault('lookup: expected a key that is a string or a number', { place, path });
  }
  return valueAt(base, { ...site, keys: [`${key}`], path: `lookup … ${JSON.stringify(key)}` }, getters);
}

function partialName(name: unknown, site: Site, isPartial: (name: string) => boolean): string {
  if (typeof name === 'string' && isPartial(name)) return name;
  const found =
    typeof name === 'string' ? JSON.stringify(name.slice(0, 80)) : `a value of type ${typeof name}`;
  const { place, path } = site;
  throw new ContextFault(`expected the name of a known partial, got ${found}`, { place, path });
}
