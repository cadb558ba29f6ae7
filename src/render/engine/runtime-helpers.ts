import { MailError, messageOf } from '../../errors/mail-error.js';
import { ContextFault } from '../faults/context-fault.js';
import { SlowPathNeeded } from '../faults/fast-path.js';
import type { SourceLocation } from '../faults/source-location.js';
import { Preheader } from '../format/preheader.js';
import { isTextHelper, type TemplateHelper } from '../helpers/helper.js';
import { BUILTIN_HELPERS } from './helper-facts.js';
import type { ClassGetters } from './class-getters.js';
import { printable, printableAt, valueAt, type PathSite, type PathSites } from './path-site.js';
import { STRICT_HELPERS, type CallLocation } from './strict-node.js';

/** A helper in the form that Handlebars calls, with the options last. */
export type HandlebarsHelper = (this: unknown, ...args: unknown[]) => unknown;

/** Wraps a helper so that its faults name the place of the call in the template. */
export function placedHelper(name: string, helper: TemplateHelper): HandlebarsHelper {
  const text = isTextHelper(helper);
  return function placed(this: unknown, ...args: unknown[]): unknown {
    const place = callPlace(args.at(-1));
    try {
      const result: unknown = Reflect.apply(helper, this, args);
      if (text && isHtml(result)) throw new ContextFault(`helper "${name}" ${NOT_TEXT}`);
      if (!(result instanceof Promise)) return result;
      result.catch(() => undefined);
    } catch (error) {
      throw helperFault(name, error, place);
    }
    throw new ContextFault(`helper "${name}" returned a promise; helpers are synchronous`, { place });
  };
}

const NOT_TEXT = 'is declared with textHelper and returned HTML; return text, or declare it without';

function isHtml(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'toHTML' in value;
}

function helperFault(name: string, error: unknown, place: SourceLocation | undefined): Error {
  if (error instanceof ContextFault) return error.at(place);
  if (MailError.is(error)) return error;
  const what = messageOf(error);
  return new ContextFault(`helper "${name}" failed: ${what}`, { place, cause: error });
}

/** The place that the strict syntax tree gave the call; Handlebars passes it in the options. */
function callPlace(options: unknown): SourceLocation | undefined {
  if (typeof options !== 'object' || options === null || !('loc' in options)) return undefined;
  return isCallLocation(options.loc) ? options.loc.place : undefined;
}

function isCallLocation(value: unknown): value is CallLocation {
  return typeof value === 'object' && value !== null && 'place' in value && 'start' in value;
}

/** Helpers whose results are printed directly. */
export const PRINTING: readonly string[] = [
  STRICT_HELPERS.print,
  STRICT_HELPERS.printData,
  STRICT_HELPERS.preheader,
  STRICT_HELPERS.shown,
  STRICT_HELPERS.lookup,
  ...[...BUILTIN_HELPERS].flatMap(([name, { returns }]) => (returns === 'text' ? [name] : [])),
];

/** Refuses a `SafeString`, the only object that gets this far, and the two characters that an HTML parser changes. */
export function textOnly(helper: HandlebarsHelper | undefined): HandlebarsHelper {
  if (!helper) throw new TypeError('expected a helper');
  return function text(this: unknown, ...args: unknown[]): unknown {
    const value: unknown = Reflect.apply(helper, this, args);
    const enters =
      typeof value === 'string' ? /[\r\0]/.test(value) : typeof value === 'object' && value !== null;
    if (enters) throw new SlowPathNeeded();
    return value;
  };
}

type DataFrame = Readonly<Record<string, unknown>>;

export function strictHelpers(
  sites: PathSites,
  isPartial: (name: string) => boolean,
  getters: ClassGetters,
): ReadonlyArray<[string, HandlebarsHelper]> {
  const helper = STRICT_HELPERS;
  const at = (id: unknown): PathSite => sites.get(Number(id));
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

function dataAt(options: unknown, site: PathSite, getters: ClassGetters): unknown {
  let frame = frameOf(options);
  for (let up = site.up; up > 0 && frame; up--) frame = parentOf(frame);
  if (site.keys[0] === 'partial-block') return frame?.['partial-block'] !== undefined;
  return valueAt(frame, site, getters);
}

function parentOf(frame: DataFrame): DataFrame | undefined {
  const parent = frame['_parent'];
  return isDataFrame(parent) ? parent : undefined;
}

function frameOf(options: unknown): DataFrame | undefined {
  if (!isDataFrame(options)) return undefined;
  const { data } = options;
  return isDataFrame(data) ? data : undefined;
}

export function isDataFrame(value: unknown): value is DataFrame {
  return typeof value === 'object' && value !== null;
}

/** The template's own preheader, else the context's. A layout may print it even where both are missing. */
function preheaderAt(base: unknown, site: PathSite, options: unknown, getters: ClassGetters): unknown {
  const own = frameOf(options)?.['preheader'];
  const text = own instanceof Preheader ? (site.lenient ? own.text : own.print()) : undefined;
  if (text !== undefined) return text;
  return printableAt(base, { ...site, lenient: true }, getters) ?? null;
}

function lookedUp(base: unknown, key: unknown, site: PathSite, getters: ClassGetters): unknown {
  if (typeof key !== 'string' && typeof key !== 'number') {
    if (site.lenient) return undefined;
    const { place, path } = site;
    throw new ContextFault('lookup: expected a key that is a string or a number', { place, path });
  }
  return valueAt(base, { ...site, keys: [`${key}`], path: `lookup … ${JSON.stringify(key)}` }, getters);
}

function partialName(name: unknown, site: PathSite, isPartial: (name: string) => boolean): string {
  if (typeof name === 'string' && isPartial(name)) return name;
  const found =
    typeof name === 'string' ? JSON.stringify(name.slice(0, 80)) : `a value of type ${typeof name}`;
  const { place, path } = site;
  throw new ContextFault(`expected the name of a known partial, got ${found}`, { place, path });
}
