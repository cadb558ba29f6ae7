import { MailError } from '../../errors/mail-error.js';

/** Facts about the mail that a helper renders for. */
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

/** The last argument of every helper. */
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
 * A function that templates call: `(amount: number, options: TemplateHelperOptions) => string`. It must be
 * synchronous. `this` is the context at the place of the call. Its result is escaped unless it is a `SafeString`.
 */
export type TemplateHelper = (this: unknown, ...args: never[]) => unknown;

/** A helper that never returns HTML. */
export type TextHelper = TemplateHelper & { readonly text: true };

/**
 * Declares that a helper always returns text, never a `SafeString`. Templates that print its result keep the fast
 * path, because the result cannot change which styles apply or how the text part reads. A `SafeString` from it is
 * `context-invalid`, at the place of the call.
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

/** HTML that is printed unescaped. The code that makes it is responsible for its safety. */
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

/** The blocks that Handlebars itself defines. */
export const BLOCK_HELPERS = ['if', 'unless', 'each', 'with'] as const;

export function isBlockHelper(name: string): boolean {
  return BLOCK_HELPERS.some((helper) => helper === name);
}

const RESERVED = new Set<string>([...BLOCK_HELPERS, 'lookup', 'log', 'this', 'else', 'preheader']);
const HELPER_NAME = /^[A-Za-z_][\w-]*$/;

/** The option through which an application gives its helpers. */
export const HELPERS_OPTION = 'templates.helpers';

/** @throws {MailError} `config` for a name that templates cannot call or that has a meaning already */
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
