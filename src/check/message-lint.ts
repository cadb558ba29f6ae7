import type { MessageName } from '../render/i18n/template-messages.js';
import type { CatalogMessage } from '../render/i18n/catalog.js';
import type { PluralCases } from '../render/i18n/icu-message.js';
import type { Messages } from '../render/i18n/messages.js';
import { TRANSLATE } from '../render/engine/helper-facts.js';
import { localeChain } from '../render/format/locale-chain.js';
import type { SourceLocation } from '../render/faults/source-location.js';
import {
  calleePath,
  isMustache,
  isStringLiteral,
  isSubExpression,
  nodesIn,
  pairsOf,
} from '../render/syntax/syntax-nodes.js';
import { placeIn } from '../render/syntax/piece.js';
import type { ParsedPiece, TemplateInventory, VariantSources } from '../render/compile/template-inventory.js';
import type { PlacedRemark } from './rules.js';

/** A call of `t` whose key is written out. */
interface MessageUse extends MessageName {
  readonly place: SourceLocation;
  /** Names of the arguments it passes. */
  readonly args: readonly string[];
}

/** Empty messages listed for each catalog at most. */
const MOST_EMPTY = 20;

/** Compares the messages that templates use with the languages of the catalogs. */
export class MessageLint {
  readonly #messages: Messages;
  readonly #inventory: TemplateInventory;
  readonly #userHelpers: ReadonlySet<string>;
  /** Every language of any catalog or template. */
  readonly #locales: ReadonlySet<string>;
  /** Argument names by key: those that its messages use in any language, and those that its calls pass. */
  readonly #arguments = new Map<string, Set<string>>();

  constructor(messages: Messages, inventory: TemplateInventory, userHelpers: ReadonlySet<string>) {
    this.#messages = messages;
    this.#inventory = inventory;
    this.#userHelpers = userHelpers;
    const written = inventory.variants.flatMap(({ locale }) => locale ?? []);
    this.#locales = new Set([...messages.locales, ...written]);
    for (const { key, kinds } of messages.all) this.#learn(key, kinds.keys());
    for (const { key, args } of inventory.variants.flatMap((variant) => this.#uses(variant)))
      this.#learn(key, args);
  }

  /** Faults of the messages in one language of a template. */
  remarks(variant: VariantSources): readonly PlacedRemark[] {
    const locales = this.locales(variant);
    const uses = this.#uses(variant);
    return [
      ...uses.flatMap((use) => locales.flatMap((locale) => this.#untranslated(use, locale))),
      ...uses.flatMap((use) => this.#messages.named(use)).flatMap((message) => this.#ownRemarks(message)),
    ];
  }

  /** The languages whose mails use this variant. */
  locales({ template, locale = '' }: VariantSources): readonly string[] {
    const own = new Set(
      this.#inventory.variants.filter((other) => other.template === template).map((other) => other.locale),
    );
    return [...this.#locales].filter(
      (tag) => (localeChain(tag).find((part) => own.has(part)) ?? '') === locale,
    );
  }

  /** Messages without a text. A catalog with many, such as a new one, lists the first few. */
  untranslated(): readonly PlacedRemark[] {
    return this.#messages.everyCatalog.flatMap(({ locale, untranslated }) => {
      const empty = [...untranslated.values()];
      const more = empty.length - MOST_EMPTY;
      return empty.slice(0, MOST_EMPTY).map(({ key, placeAt }, index): PlacedRemark => {
        const others = more > 0 && index === MOST_EMPTY - 1 ? `, and so are ${more} more` : '';
        return {
          rule: 'empty-translation',
          place: placeAt(),
          message: `"${key}" is empty in ${locale}${others}`,
        };
      });
    });
  }

  /** Faults of messages that no template names; a template may compute their keys. */
  unused(): readonly PlacedRemark[] {
    const uses = this.#inventory.variants.flatMap((variant) => this.#uses(variant));
    const used = new Set(uses.flatMap((use) => this.#messages.named(use)));
    return this.#messages.all
      .filter((message) => !used.has(message))
      .flatMap((message) => this.#ownRemarks(message));
  }

  #learn(key: string, args: Iterable<string>): void {
    const known = this.#arguments.get(key) ?? new Set<string>();
    this.#arguments.set(key, known);
    for (const name of args) known.add(name);
  }

  #ownRemarks(message: CatalogMessage): readonly PlacedRemark[] {
    const { key, locale, kinds, quoted } = message;
    const lost = quoted.filter(
      ({ argument }) => !kinds.has(argument) && this.#arguments.get(key)?.has(argument),
    );
    const remarks = lost.map(({ argument, place }): PlacedRemark => {
      const what = `"${key}" quotes its argument "${argument}" in ${locale}, so mails show {${argument}`;
      return { rule: 'quoted-argument', place, message: `${what}…}` };
    });
    return [...remarks, ...pluralRemarks(message)];
  }

  #untranslated(use: MessageUse, locale: string): readonly PlacedRemark[] {
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

function pluralRemarks({ key, locale, place, plurals }: CatalogMessage): readonly PlacedRemark[] {
  return plurals.flatMap((cases) => {
    const missing = missingCases(cases, locale).map(({ category, count }) => `${category} (for ${count})`);
    if (missing.length === 0) return [];
    const message = `"${key}" has no ${missing.join(', ')} in the plural of "${cases.argument}", which ${locale} needs`;
    return [{ rule: 'missing-plural', place, message }];
  });
}

/** A plural category that the language distinguishes and the message has no case for. */
interface MissingCase {
  readonly category: string;
  /** A count of that category. */
  readonly count: number;
}

/** Counts as mails have them; categories for fractions or millions alone are not asked for. */
const COUNTS: readonly number[] = Array.from({ length: 1000 }, (_, count) => count);

/** Categories (CLDR) of counts from 0 to 999 that fall back to `other`. */
function missingCases({ type, offset, cases }: PluralCases, locale: string): readonly MissingCase[] {
  const rules = new Intl.PluralRules(locale, { type });
  const given = new Set(cases);
  const missing = new Map<string, number>();
  for (const count of COUNTS) {
    const category = rules.select(count - offset);
    if (given.has(`=${count}`) || given.has(category) || missing.has(category)) continue;
    missing.set(category, count);
  }
  return [...missing].map(([category, count]) => ({ category, count }));
}

function usesIn({ tree, namespace, body }: ParsedPiece): readonly MessageUse[] {
  const calls = nodesIn(tree).filter((node) => isMustache(node) || isSubExpression(node));
  return calls.flatMap(({ path, params: [key], hash, loc }): readonly MessageUse[] => {
    if (!key || !isStringLiteral(key) || calleePath(path).original !== TRANSLATE) return [];
    const args = pairsOf(hash).map((pair) => pair.key);
    return [{ key: key.value, namespace, args, place: placeIn(body, loc.start) }];
  });
}
