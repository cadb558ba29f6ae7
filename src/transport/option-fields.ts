import { guess } from '../errors/closest.js';
import type { ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/config-report.js';

interface TextRule {
  readonly expected: string;
  readonly pattern?: RegExp;
  /** The value is never shown. */
  readonly secret?: boolean;
  readonly mend?: string;
}

/** How a problem names an option: `transport` makes `transport.port`; a function may say `MAIL_PORT`. */
export type OptionWhere = string | ((option: string) => string);

interface NumberRule {
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
}

/**
 * One group of options being read: each reader returns the value or `undefined`, and reports what is
 * wrong. Values come from JavaScript or the environment, so no type is believed. Empty means unset.
 */
export class OptionFields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly report: ConfigReport;
  readonly #where: OptionWhere;

  constructor(values: object, report: ConfigReport, where: OptionWhere) {
    this.#values = new Map(Object.entries(values));
    this.report = report;
    this.#where = where;
  }

  get(name: string): unknown {
    const value = this.#values.get(name);
    return value === '' || value === null ? undefined : value;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  where(name: string): string {
    return typeof this.#where === 'string' ? `${this.#where}.${name}` : this.#where(name);
  }

  refuse(name: string, expected: string, found: string, mend?: string): undefined {
    this.report.add({ where: this.where(name), expected, found, mend });
    return undefined;
  }

  /** Reports every name that is not `known`; `meant` says what to write instead of a foreign spelling. */
  refuseUnknown(known: readonly string[], meant: Readonly<Record<string, string>> = {}): void {
    for (const name of this.#values.keys()) {
      if (known.includes(name) || !this.has(name)) continue;
      const foreign = Object.hasOwn(meant, name) ? meant[name] : undefined;
      const mend = foreign ?? guess(name, known);
      this.refuse(name, `one of ${known.join(', ')}`, 'an unknown option', mend);
    }
  }

  text(name: string, rule: TextRule): string | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && !/\p{Cc}/u.test(value) && (rule.pattern?.test(value) ?? true))
      return value;
    return this.refuse(
      name,
      rule.expected,
      rule.secret ? 'something else (not shown)' : show(value),
      rule.mend,
    );
  }

  required(name: string, rule: TextRule): string | undefined {
    return this.has(name) ? this.text(name, rule) : this.refuse(name, rule.expected, 'nothing', rule.mend);
  }

  whole(name: string, { min, max, unit }: NumberRule): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.refuse(name, `a whole number from ${min} to ${max}${unit ? ` (${unit})` : ''}`, show(value));
  }

  flag(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.refuse(name, 'true or false', show(value));
  }

  oneOf<W extends string>(name: string, words: readonly W[]): W | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    const mend = typeof value === 'string' ? guess(value, words) : undefined;
    return this.refuse(name, `one of ${words.join(', ')}`, show(value), mend);
  }

  /** The options inside an option, or `undefined` when there are none. */
  group(name: string): OptionFields | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new OptionFields(value, this.report, this.where(name));
    }
    return this.refuse(name, 'an object', show(value));
  }
}
