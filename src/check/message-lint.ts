import Handlebars from 'handlebars';
import type { CheckRule } from '../render/check-rules.js';
import type { CatalogMessage } from '../render/i18n/catalog-message.js';
import { missingCases } from '../render/i18n/missing-cases.js';
import type { MessageName, Messages } from '../render/i18n/messages.js';
import { TRANSLATE } from '../render/i18n/translate-helper.js';
import { localeChain } from '../render/locale-chain.js';
import type { Place } from '../render/place.js';
import { isStringLiteral } from '../render/syntax-nodes.js';
import { placeIn } from '../render/syntax.js';
import type { ParsedPiece, TemplateInventory, VariantSources } from '../render/template-inventory.js';

/** What a rule has found about a message. */
export interface MessageRemark {
  readonly rule: CheckRule;
  readonly place: Place;
  readonly message: string;
}

/** A `t` with its key written out. */
interface MessageUse extends MessageName {
  readonly place: Place;
}

/** Holds the messages that templates use against the languages there are. */
export class MessageLint {
  readonly #messages: Messages;
  readonly #inventory: TemplateInventory;
  readonly #userHelpers: ReadonlySet<string>;
  /** Every language of any catalog or template. */
  readonly #locales: ReadonlySet<string>;

  constructor(messages: Messages, inventory: TemplateInventory, userHelpers: ReadonlySet<string>) {
    this.#messages = messages;
    this.#inventory = inventory;
    this.#userHelpers = userHelpers;
    const written = inventory.variants.flatMap(({ locale }) => locale ?? []);
    this.#locales = new Set([...messages.locales, ...written]);
  }

  /** What is missing in the messages of one language of a template. */
  remarks(variant: VariantSources): readonly MessageRemark[] {
    const locales = this.locales(variant);
    const uses = this.#uses(variant);
    return [
      ...uses.flatMap((use) => locales.flatMap((locale) => this.#untranslated(use, locale))),
      ...uses.flatMap((use) => this.#messages.named(use)).flatMap(pluralRemarks),
    ];
  }

  /** The languages whose mails are made of a variant. */
  locales({ template, locale = '' }: VariantSources): readonly string[] {
    const own = new Set(
      this.#inventory.variants.filter((other) => other.template === template).map((other) => other.locale),
    );
    return [...this.#locales].filter(
      (tag) => (localeChain(tag).find((part) => own.has(part)) ?? '') === locale,
    );
  }

  /** The same for messages that no template names; keys may be computed. */
  unused(): readonly MessageRemark[] {
    const uses = this.#inventory.variants.flatMap((variant) => this.#uses(variant));
    const used = new Set(uses.flatMap((use) => this.#messages.named(use)));
    return this.#messages.all.filter((message) => !used.has(message)).flatMap(pluralRemarks);
  }

  #untranslated(use: MessageUse, locale: string): readonly MessageRemark[] {
    const found = this.#messages.find(use, locale);
    if (!found || localeChain(locale).includes(found.locale)) return [];
    const message = `"${use.key}" has no message in ${locale}; mails get the one in ${found.locale}`;
    return [{ rule: 'missing-translation', place: use.place, message }];
  }

  #uses({ html, text, lines }: VariantSources): readonly MessageUse[] {
    if (this.#userHelpers.has(TRANSLATE)) return [];
    return [...html, ...text, ...lines.pieces, ...lines.partials].flatMap((piece) => usesIn(piece));
  }
}

function pluralRemarks({ key, locale, place, plurals }: CatalogMessage): readonly MessageRemark[] {
  return plurals.flatMap((cases) => {
    const missing = missingCases(cases, locale).map(({ category, count }) => `${category} (for ${count})`);
    if (missing.length === 0) return [];
    const message = `"${key}" has no ${missing.join(', ')} in the plural of "${cases.argument}", which ${locale} needs`;
    return [{ rule: 'missing-plural', place, message }];
  });
}

function usesIn({ tree, namespace, body }: ParsedPiece): readonly MessageUse[] {
  if (!tree) return [];
  const visitor = new MessageKeys();
  visitor.accept(tree);
  return visitor.found.map(({ key, node }) => ({ key, namespace, place: placeIn(body, node.loc.start) }));
}

class MessageKeys extends Handlebars.Visitor {
  readonly found: Array<{ readonly key: string; readonly node: hbs.AST.Node }> = [];

  override MustacheStatement(node: hbs.AST.MustacheStatement): void {
    this.#add(node);
    super.MustacheStatement(node);
  }

  override SubExpression(node: hbs.AST.SubExpression): void {
    this.#add(node);
    super.SubExpression(node);
  }

  #add(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression): void {
    const [key] = node.params;
    const called = 'original' in node.path && node.path.original === TRANSLATE;
    if (called && key && isStringLiteral(key)) this.found.push({ key: key.value, node });
  }
}
