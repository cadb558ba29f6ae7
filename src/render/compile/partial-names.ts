import { didYouMean, isOneEdit } from '../../errors/closest.js';
import { LAYOUT_PREFIX, sharedName } from './template-catalog.js';
import type { TemplateFault } from '../faults/template-fault.js';
import type { TemplateFolder } from '../files/template-file.js';

/** Too many words are one edit away from a shorter name. */
const SHORTEST_GUESS = 5;

/** Prefixes that belong to the module: its components, layouts, and the data read through `@`. */
const OWN_PREFIXES = ['mail/', LAYOUT_PREFIX, '@'];

const PARTIAL_BLOCK = '@partial-block';

/**
 * The names of all layouts, partials and inline partials, in every language and destination. A partial block
 * prints its own block when the partial is missing; these names tell a misspelling from intent.
 */
export class PartialNames {
  readonly #files = new Map<string, Set<string>>();
  readonly #inlines: ReadonlySet<string>;
  readonly #others: PartialNames | undefined;

  /**
   * @param inlines the names of all inline partials
   * @param others names known from elsewhere
   */
  constructor(folders: readonly TemplateFolder[], inlines: ReadonlySet<string>, others?: PartialNames) {
    for (const { root, files } of folders) {
      const names = this.#files.get(root.namespace ?? '') ?? new Set<string>();
      this.#files.set(root.namespace ?? '', names);
      for (const file of files) if (file.kind !== 'page') names.add(sharedName(file));
    }
    this.#inlines = inlines;
    this.#others = others;
  }

  /** Reports whether templates of a namespace may call a partial of that name. */
  has(name: string, namespace: string): boolean {
    const seen = this.#inlines.has(name) || this.#of(namespace).some((names) => names.has(name));
    return seen || (this.#others?.has(name, namespace) ?? false);
  }

  /** Reports whether a template defines an inline partial of that name. */
  isInline(name: string): boolean {
    return this.#inlines.has(name) || (this.#others?.isInline(name) ?? false);
  }

  /** The fault of calling an unknown name; undefined where the call may be meant for its block alone. */
  misspelling(name: string, namespace: string): Pick<TemplateFault, 'what' | 'fix'> | undefined {
    const seen = this.all(namespace);
    const foreign = this.#namespaces.find((prefix) => name.startsWith(`${prefix}/`));
    const near = seen.filter((other) => isSlip(name, other));
    if (foreign === undefined && near.length === 0 && !OWN_PREFIXES.some((prefix) => name.startsWith(prefix)))
      return undefined;
    const what = `partial "${name}" does not exist${didYouMean(name, near.length > 0 ? near : seen)}`;
    const inner = foreign === undefined ? '' : name.slice(foreign.length + 1);
    const fix =
      foreign !== undefined && this.has(inner, foreign)
        ? `Templates of "${foreign}", and no others, call it by the name "${inner}"`
        : 'Only its block would be sent. Where that is meant, give it a name that is not like that of a partial';
    return { what, fix };
  }

  get #namespaces(): readonly string[] {
    const others = this.#others ? this.#others.#namespaces : [];
    return [...this.#files.keys(), ...others].filter(Boolean);
  }

  #of(namespace: string): readonly ReadonlySet<string>[] {
    return [...new Set(['', namespace])].flatMap((key) => this.#files.get(key) ?? []);
  }

  /** Every name that templates of a namespace may call. */
  all(namespace: string): readonly string[] {
    const own = [...this.#of(namespace), this.#inlines].flatMap((names) => Array.from(names));
    return own.concat(this.#others ? this.#others.all(namespace) : PARTIAL_BLOCK);
  }
}

/** Names that differ only in digits, such as `column1` and `column2`, differ on purpose. */
function isSlip(name: string, known: string): boolean {
  if (known.length < SHORTEST_GUESS || !isOneEdit(name, known)) return false;
  return name.replaceAll(/\d/g, '') !== known.replaceAll(/\d/g, '');
}
