import { BUILTIN_HELPERS, type HelperFacts } from '../engine/helper-facts.js';
import { didYouMean, isOneEdit } from '../../errors/closest.js';
import type { SourceLocation } from '../faults/source-location.js';
import type { TemplateFaults } from '../faults/template-fault.js';
import { BLOCK_HELPERS, isBlockHelper } from '../helpers/helper.js';
import type { MessageCall, WrongCall } from '../i18n/template-messages.js';
import { hintAt, isInvertedAt, placeIn, type Piece } from './piece.js';
import { isSimple, isStringLiteral, pairsOf, type HelperCall } from './syntax-nodes.js';

export interface CallCheckOptions {
  readonly userHelpers: ReadonlySet<string>;
  /** The option that faults name for adding a helper. */
  readonly helpersName: string;
  /** Returns what is wrong with a use of a message whose key is written out. */
  readonly wrongMessage: (call: Pick<MessageCall, 'key' | 'args'>) => WrongCall | undefined;
  readonly faults: TemplateFaults;
}

/** Finds faults in the names and arguments of a piece's calls. */
export class CallChecks {
  readonly #piece: Piece;
  readonly #options: CallCheckOptions;

  constructor(piece: Piece, options: CallCheckOptions) {
    this.#piece = piece;
    this.#options = options;
  }

  placeOf({ loc }: hbs.AST.Node): SourceLocation {
    return placeIn(this.#piece, loc.start);
  }

  fault(node: hbs.AST.Node, what: string, fix?: string): void {
    this.#options.faults.add({ place: this.placeOf(node), what, fix });
  }

  /**
   * @param builtin the built-in helper of that name, where the application has none
   * @param isParam whether a block parameter has that name
   */
  helper(
    node: HelperCall,
    path: hbs.AST.PathExpression,
    builtin: HelperFacts | undefined,
    isParam: boolean,
  ): void {
    const { original: name } = path;
    const known = builtin !== undefined || this.#options.userHelpers.has(name);
    if (!known || isParam || !isSimple(path)) this.#noHelper(node, name);
    else if (builtin && (node.params.length < builtin.min || node.params.length > builtin.max))
      this.fault(node, `helper "${name}" expects ${showArity(builtin)}, got ${node.params.length}`);
  }

  /** Checks a call of the helper `t`. */
  message(node: HelperCall): void {
    const [key] = node.params;
    if (!key || !isStringLiteral(key)) return;
    const args = pairsOf(node.hash).map((pair) => pair.key);
    const wrong = this.#options.wrongMessage({ key: key.value, args });
    if (wrong) this.#options.faults.add({ place: this.placeOf(node), ...wrong });
  }

  /** @param isParam whether a block parameter has that name */
  block(node: hbs.AST.BlockStatement, name: string, isParam: boolean): void {
    if (this.#options.userHelpers.has(name) && !isParam) return;
    if (isBlockHelper(name) && !isParam) {
      if (node.params.length !== 1)
        this.fault(node, `{{#${name}}} expects one argument, got ${node.params.length}`, this.#hint(node));
    } else if (BUILTIN_HELPERS.has(name) && !isParam) {
      this.fault(node, `"${name}" is no block; write {{#if (${name} …)}}`);
    } else if (node.params.length > 0 || pairsOf(node.hash).length > 0) {
      this.#unknownHelper(node, name);
    } else {
      const sign = isInvertedAt(this.#piece, node.loc.start) ? '^' : '#';
      this.fault(node, `{{${sign}${name}}} is a Mustache section; ${sectionFix(sign, name)}`, FIX_SECTIONS);
    }
  }

  /** `{{#if @fisrt}}` would never be true. A name unlike the known ones may come from a block helper. */
  data(path: hbs.AST.PathExpression): void {
    const [name = ''] = path.parts;
    if (DATA_NAMES.some((known) => known === name)) return;
    const near = DATA_NAMES.find((known) => known.length >= SHORTEST_GUESS && isOneEdit(name, known));
    if (near) this.fault(path, `there is no "@${name}"${didYouMean(`@${name}`, [`@${near}`])}`);
  }

  #noHelper(node: HelperCall, name: string): void {
    if (isBlockHelper(name)) this.fault(node, `"${name}" is a block: {{#${name} …}}…{{/${name}}}`);
    else this.#unknownHelper(node, name);
  }

  #unknownHelper(node: hbs.AST.Node, name: string): void {
    const { userHelpers, helpersName } = this.#options;
    const hint = this.#hint(node);
    if (hint !== undefined) return this.fault(node, `unknown helper "${name}"`, hint);
    const known = [...BUILTIN_HELPERS.keys(), ...userHelpers, ...BLOCK_HELPERS];
    const near = didYouMean(name, known) || `. Helpers of your own are given as ${helpersName}`;
    this.fault(node, `unknown helper "${name}"${near}`);
  }

  #hint({ loc }: hbs.AST.Node): string | undefined {
    return hintAt(this.#piece, loc.start);
  }
}

/** `@list` is one edit from `@last` and may well be an application's own. */
const SHORTEST_GUESS = 5;

/** Names that the module and the blocks of Handlebars define for templates to read through `@`. */
const DATA_NAMES = [
  'root',
  'locale',
  'dir',
  'timeZone',
  'date',
  'subject',
  'preheader',
  'index',
  'key',
  'first',
  'last',
  'partial-block',
] as const;

const FIX_SECTIONS = 'npx nest-mailroom check --fix rewrites those whose meaning is certain';

function sectionFix(sign: '#' | '^', name: string): string {
  if (sign === '^') return `write {{#unless ${name}}}`;
  return `say which is meant: {{#if ${name}}}, {{#each ${name}}} or {{#with ${name}}}`;
}

function showArity({ min, max }: HelperFacts): string {
  if (max === Infinity) return `at least ${min} argument${min === 1 ? '' : 's'}`;
  return min === max ? `${min} argument${min === 1 ? '' : 's'}` : `${min} to ${max} arguments`;
}
