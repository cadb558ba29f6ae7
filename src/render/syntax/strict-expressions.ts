import { BUILTIN_HELPERS, TRANSLATE, type HelperFacts } from '../engine/helper-facts.js';
import type { PathSites } from '../engine/path-site.js';
import {
  callLocation,
  callNode,
  hashPair,
  numberNode,
  pathNode,
  STRICT_HELPERS,
  stringNode,
  type HashNode,
  type StrictCall,
  type StrictExpression,
} from '../engine/strict-node.js';
import type { CallChecks } from './call-checks.js';
import {
  calleePath,
  isHelperCall,
  isLiteral,
  isPath,
  isSubExpression,
  plainName,
  type HelperCall,
} from './syntax-nodes.js';

export interface StrictExpressionOptions {
  readonly sites: PathSites;
  readonly userHelpers: ReadonlySet<string>;
  /** The namespace whose messages are searched first; empty for the application's own templates. */
  readonly namespace: string;
}

/** The use of an expression's value. A lenient use accepts a missing value. */
export type Use = 'print' | 'value' | 'lenient';

/** The names of the block parameters around an expression. */
export type BlockParams = ReadonlySet<string>;

/** Rewrites the expressions of a piece. Each path becomes a call of a strict helper with the number of its site. */
export class StrictExpressions {
  readonly #options: StrictExpressionOptions;
  readonly #checks: CallChecks;

  constructor(options: StrictExpressionOptions, checks: CallChecks) {
    this.#options = options;
    this.#checks = checks;
  }

  /** The call that computes the printed value of a tag. */
  printed(node: hbs.AST.MustacheStatement, blockParams: BlockParams): StrictCall {
    const path = calleePath(node.path);
    const { userHelpers } = this.#options;
    if (!isHelperCall(node, userHelpers, blockParams)) return this.#path(path, 'print', blockParams);
    const call = this.#call(node, 'value', blockParams);
    const isText = this.#builtin(path)?.returns === 'text';
    return isText ? call : callNode(STRICT_HELPERS.shown, [call, this.site(path, [], true)]);
  }

  all(nodes: readonly hbs.AST.Expression[], use: Use, blockParams: BlockParams): readonly StrictExpression[] {
    return nodes.map((node) => this.one(node, use, blockParams));
  }

  one(node: hbs.AST.Expression, use: Use, blockParams: BlockParams): StrictExpression {
    if (isPath(node)) return this.#path(node, use, blockParams);
    if (isSubExpression(node)) return this.#call(node, use, blockParams);
    return isLiteral(node)
      ? { type: node.type, value: node.value, original: node.value }
      : { type: node.type === 'NullLiteral' ? node.type : 'UndefinedLiteral' };
  }

  hash(hash: hbs.AST.Hash | undefined, use: Use, blockParams: BlockParams): HashNode | undefined {
    if (!hash) return undefined;
    return {
      type: 'Hash',
      pairs: hash.pairs.map(({ key, value }) => hashPair(key, this.one(value, use, blockParams))),
    };
  }

  site(
    node: hbs.AST.Expression,
    keys: readonly string[],
    lenient: boolean,
    path = showPath(node),
  ): StrictExpression {
    const up = isPath(node) ? node.depth : 0;
    return numberNode(
      this.#options.sites.add({ keys, path, place: this.#checks.placeOf(node), lenient, up }),
    );
  }

  #call(node: HelperCall, use: Use, blockParams: BlockParams): StrictCall {
    const path = calleePath(node.path);
    const name = path.original;
    const builtin = this.#builtin(path);
    if (name === 'lookup') return this.#lookup(node, path, use, blockParams);
    this.#checks.helper(node, path, builtin, isBlockParam(path, blockParams));
    // The arguments may be missing even where the application has a helper of its own under such a name.
    const args = BUILTIN_HELPERS.get(name)?.lenient ? 'lenient' : 'value';
    const given = this.all(node.params, args, blockParams);
    const isMessage = builtin !== undefined && name === TRANSLATE;
    if (isMessage) this.#checks.message(node);
    return callNode(name, isMessage ? [...given, stringNode(this.#options.namespace)] : given, {
      hash: this.hash(node.hash, args, blockParams),
      loc: callLocation(this.#checks.placeOf(node)),
    });
  }

  #builtin({ original }: hbs.AST.PathExpression): HelperFacts | undefined {
    return this.#options.userHelpers.has(original) ? undefined : BUILTIN_HELPERS.get(original);
  }

  /** A `lookup` is a path with a computed last step, so it is as strict or lenient as a path in its place. */
  #lookup(node: HelperCall, path: hbs.AST.PathExpression, use: Use, blockParams: BlockParams): StrictCall {
    this.#checks.helper(node, path, this.#builtin(path), false);
    const lenient = use === 'lenient';
    const given = this.all(node.params, lenient ? use : 'value', blockParams);
    return callNode(STRICT_HELPERS.lookup, [...given, this.site(path, [], lenient)]);
  }

  #path(path: hbs.AST.PathExpression, use: Use, blockParams: BlockParams): StrictCall {
    const isPrinted = use === 'print';
    const site = (keys: readonly string[]): StrictExpression => this.site(path, keys, use === 'lenient');
    if (path.data) {
      this.#checks.data(path);
      return callNode(isPrinted ? STRICT_HELPERS.printData : STRICT_HELPERS.data, [site(path.parts)]);
    }
    const helper = isPrinted ? STRICT_HELPERS.print : STRICT_HELPERS.value;
    const [first = '', ...others] = path.parts;
    if (isBlockParam(path, blockParams)) return callNode(helper, [pathNode([first]), site(others)]);
    const isPreheader = path.original === 'preheader';
    const base = pathNode([], path.depth);
    return callNode(isPreheader ? STRICT_HELPERS.preheader : helper, [base, site(path.parts)]);
  }
}

export function isBlockParam(path: hbs.AST.PathExpression, blockParams: BlockParams): boolean {
  const name = plainName(path);
  return name !== undefined && blockParams.has(name);
}

function showPath(node: hbs.AST.Expression): string {
  return isPath(node) ? node.original : 'an expression';
}
