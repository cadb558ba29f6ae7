import Handlebars from 'handlebars';
import type { CheckRule } from '../render/syntax/check-rules.js';
import { placeIn } from '../render/syntax/piece.js';
import type { ParsedFile } from '../render/compile/template-inventory.js';
import type { PlacedRemark } from './rules.js';

/** Finds what only the syntax tree of an html file shows: values printed without escaping, and unchecked links. */
export function lintSyntax(source: ParsedFile, userHelpers: ReadonlySet<string>): readonly PlacedRemark[] {
  if (!source.tree) return [];
  const lint = new SyntaxLint(source, userHelpers);
  lint.accept(source.tree);
  return lint.remarks;
}

/** Matches html that ends where the value of an `href` begins. */
const HREF = /\shref\s*=\s*["']?\s*$/i;

/** Placeholder for a printed value, which is unknown. */
const PRINTED = '\u0000';

class SyntaxLint extends Handlebars.Visitor {
  readonly remarks: PlacedRemark[] = [];
  readonly #source: ParsedFile;
  readonly #userHelpers: ReadonlySet<string>;
  /** The html before the node that is being visited. */
  #before = '';

  constructor(source: ParsedFile, userHelpers: ReadonlySet<string>) {
    super();
    this.#source = source;
    this.#userHelpers = userHelpers;
  }

  override ContentStatement({ value }: hbs.AST.ContentStatement): void {
    this.#before += value;
  }

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    const written = sourceOf(node.path);
    if (!node.escaped) this.#remark('triple-stash', node, `{{{${written}}}} is printed without escaping`);
    if (HREF.test(this.#before) && this.#fromContext(node)) {
      this.#remark('href-without-url-helper', node, `"${written}" becomes a link unchecked`);
    }
    this.#before += PRINTED;
  }

  /** Both branches follow the same html; `accept` skips an absent one. */
  override BlockStatement({ program, inverse }: hbs.AST.BlockStatement): void {
    const before = this.#before;
    for (const branch of [program, inverse]) {
      this.#before = before;
      this.accept(branch);
    }
  }

  #remark(rule: CheckRule, node: hbs.AST.Node, message: string): void {
    this.remarks.push({ rule, place: placeIn(this.#source.body, node.loc.start), message });
  }

  #fromContext(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression): boolean {
    const name = sourceOf(node.path);
    const [first] = node.params;
    if (this.#userHelpers.has(name)) return false;
    if (first === undefined) return true;
    if (name === 'concat') return this.#isContextValue(first);
    return name === 'lookup' || node.params.some((param) => this.#isContextValue(param) && name !== 'url');
  }

  #isContextValue(node: hbs.AST.Expression): boolean {
    if (node.type === 'PathExpression') return true;
    return isSubExpression(node) && this.#fromContext(node);
  }
}

function isSubExpression(node: hbs.AST.Node): node is hbs.AST.SubExpression {
  return node.type === 'SubExpression';
}

function sourceOf(path: object): string {
  return 'original' in path ? String(path.original) : '';
}
