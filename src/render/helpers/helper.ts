import { MailError, messageOf } from '../../errors/mail-error.js';
import { ContextFault } from '../faults/context-fault.js';
import type { Place } from '../faults/source-place.js';

/** What a helper may know about the mail it renders for. */
export interface TemplateHelperData {
  /** The mail's locale, canonical BCP 47; `en` when it has none. */
  readonly locale: string;
  /** The mail's time zone, an IANA name. */
  readonly timeZone: string;
  /** The mail's date, fixed when it was composed. Absent where a template is rendered without a mail. */
  readonly date: Date | undefined;
  /** The whole context. */
  readonly root: unknown;
}

/** Handed to every helper as its last argument. */
export interface TemplateHelperOptions {
  readonly name: string;
  /** Named arguments: `{{button label="Go"}}`. */
  readonly hash: Readonly<Record<string, unknown>>;
  readonly data: TemplateHelperData;
  /** In a block helper: renders the block with a context. */
  readonly fn?: (context: unknown) => string;
  /** In a block helper: renders the `{{else}}` branch. */
  readonly inverse?: (context: unknown) => string;
}

/**
 * A function templates call: `(amount: number, options: TemplateHelperOptions) => string`. Synchronous.
 * `this` is the context at the place of the call. What it returns is escaped unless it is a `SafeString`.
 */
export type TemplateHelper = (this: unknown, ...args: never[]) => unknown;

/** A helper that never returns HTML. */
export type TextHelper = TemplateHelper & { readonly text: true };

/**
 * Declares that a helper always returns text, never a `SafeString`. Templates that print what it returns
 * keep the fast path: which styles apply, and what the text part says, does not depend on it. A
 * `SafeString` from it is `context-invalid`, at the place of the call.
 */
export function textHelper(run: TemplateHelper): TextHelper {
  const helper = function text(this: unknown, ...args: never[]): unknown {
    return Reflect.apply(run, this, args);
  };
  return Object.assign(helper, { text: true } as const);
}

export function isTextHelper(helper: TemplateHelper): boolean {
  return 'text' in helper && helper.text === true;
}

/** HTML that is printed as it stands. Whoever makes one vouches for it. */
export class SafeString {
  readonly #html: string;

  constructor(html: string) {
    this.#html = html;
  }

  toHTML(): string {
    return this.#html;
  }

  toString(): string {
    return this.#html;
  }
}

/** Blocks whose meaning is Handlebars'. */
export const BLOCK_HELPERS = ['if', 'unless', 'each', 'with'] as const;

export function isBlockHelper(name: string): boolean {
  return BLOCK_HELPERS.some((helper) => helper === name);
}

const RESERVED = new Set<string>([...BLOCK_HELPERS, 'lookup', 'log', 'this', 'else', 'preheader']);
const HELPER_NAME = /^[A-Za-z_][\w-]*$/;

/** How an application gives its helpers. */
export const HELPERS_OPTION = 'templates.helpers';

/** @throws {MailError} `config` for a name templates could not call, or one that has a meaning already */
export function checkHelpers(
  helpers: Readonly<Record<string, TemplateHelper>>,
  given: string = HELPERS_OPTION,
): void {
  for (const [name, helper] of Object.entries(helpers)) {
    const wrong = wrongHelper(name, helper);
    if (!wrong) continue;
    const message = `${given}: ${wrong}`;
    throw new MailError('config', message, { at: { field: `templates.helpers.${name}` } });
  }
}

function wrongHelper(name: string, helper: unknown): string | undefined {
  if (RESERVED.has(name)) return `"${name}" has a meaning of its own in templates; choose another name`;
  if (!HELPER_NAME.test(name)) return `expected a name of letters, digits, "_" and "-", got "${name}"`;
  if (typeof helper !== 'function') return `expected "${name}" to be a function, got ${typeof helper}`;
  return undefined;
}

/** What Handlebars calls: as `TemplateHelper`, the options last. */
export type HandlebarsHelper = (this: unknown, ...args: unknown[]) => unknown;

/** A helper whose faults say where in the template it was called. */
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

function helperFault(name: string, error: unknown, place: Place | undefined): Error {
  if (error instanceof ContextFault) return error.at(place);
  if (MailError.is(error)) return error;
  const what = messageOf(error);
  return new ContextFault(`helper "${name}" failed: ${what}`, { place, cause: error });
}

/** Where `strict-syntax` says the call stands; Handlebars hands that on in the options. */
function callPlace(options: unknown): Place | undefined {
  if (typeof options !== 'object' || options === null || !('loc' in options)) return undefined;
  return isCallLocation(options.loc) ? options.loc.place : undefined;
}

/** The `loc` of a call in a strict syntax tree. `start` is there because the code generator reads it. */
export interface CallLocation {
  readonly place: Place;
  readonly start: { readonly line: number; readonly column: number };
}

function isCallLocation(value: unknown): value is CallLocation {
  return typeof value === 'object' && value !== null && 'place' in value && 'start' in value;
}
