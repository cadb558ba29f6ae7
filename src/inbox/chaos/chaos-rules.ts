import { randomUUID } from 'node:crypto';
import { parsePattern } from '../../deliver/approve/recipient-pattern.js';
import { didYouMean } from '../../errors/closest.js';
import { show } from '../../errors/show.js';
import { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import { isObject } from '../../message/values/fields.js';
import { CHAOS_FAULTS, type ChaosRule } from '../api/chaos.js';
import { isChaosFault, injectedFault } from './injected-fault.js';

const MAX_TIMES = 1_000;
const MAX_RULES = 100;

interface ActiveRule {
  readonly rule: ChaosRule;
  readonly matches: (message: RenderedMessage) => boolean;
}

/** Lists the known templates; undefined if a template source may have more. */
export type TemplateNames = () => readonly string[] | undefined;

/** The active fault injection rules. The oldest matching rule applies first. */
export class ChaosRules {
  #rules: readonly ActiveRule[] = [];
  readonly #onChange: () => void;
  readonly #templates: TemplateNames;

  constructor(onChange: () => void, templates: TemplateNames) {
    this.#onChange = onChange;
    this.#templates = templates;
  }

  get list(): readonly ChaosRule[] {
    return this.#rules.map(({ rule }) => rule);
  }

  /**
   * Adds the rule of a request body: `{ template? | to?, fault, times = 1 }`.
   * @throws {MailError} `message-invalid` if it is not a valid rule, or names an unknown template
   */
  add(given: unknown): ChaosRule {
    const entry = readRule(given, this.#templates());
    if (this.#rules.length >= MAX_RULES) {
      throw invalid(`There are ${MAX_RULES} chaos rules already. Remove some`);
    }
    this.#set([...this.#rules, entry]);
    return entry.rule;
  }

  /** @returns whether the rule existed */
  remove(id: string): boolean {
    const others = this.#rules.filter(({ rule }) => rule.id !== id);
    const isFound = others.length < this.#rules.length;
    if (isFound) this.#set(others);
    return isFound;
  }

  clear(): void {
    if (this.#rules.length > 0) this.#set([]);
  }

  /** Returns the fault that the attempt must fail with, and counts it against the rule. */
  injectFault(message: RenderedMessage): MailError | undefined {
    const matching = this.#rules.find(({ matches }) => matches(message));
    if (!matching) return undefined;
    const left = matching.rule.left - 1;
    const after = { ...matching, rule: { ...matching.rule, left } };
    this.#set(this.#rules.flatMap((entry) => (entry !== matching ? [entry] : left > 0 ? [after] : [])));
    return injectedFault(matching.rule.fault, message);
  }

  #set(entries: readonly ActiveRule[]): void {
    this.#rules = entries;
    this.#onChange();
  }
}

const FIELDS: ReadonlySet<string> = new Set(['template', 'to', 'fault', 'times']);

function readRule(given: unknown, templates: readonly string[] | undefined): ActiveRule {
  if (!isObject(given)) throw invalid(`A chaos rule is { template or to, fault, times }, got ${show(given)}`);
  const unknown = Object.keys(given).find((field) => !FIELDS.has(field));
  if (unknown !== undefined)
    throw invalid(`A chaos rule has no ${show(unknown)}. It is { template or to, fault, times }`);
  const { template, to, fault, times = 1 }: Readonly<Record<string, unknown>> = { ...given };
  if (!isChaosFault(fault)) {
    throw invalid(`fault: expected one of ${CHAOS_FAULTS.join(', ')}, got ${show(fault)}`);
  }
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > MAX_TIMES) {
    throw invalid(`times: expected a whole number from 1 to ${MAX_TIMES}, got ${show(times)}`);
  }
  const { target, matches } = readTarget(template, to);
  if (target.template !== undefined) checkTemplate(target.template, templates);
  return { rule: { id: randomUUID(), ...target, fault, left: times }, matches };
}

function readTarget(
  template: unknown,
  to: unknown,
): { readonly target: Pick<ChaosRule, 'template' | 'to'>; readonly matches: ActiveRule['matches'] } {
  if (isName(template) && to === undefined) {
    return { target: { template }, matches: (message) => message.template === template };
  }
  const pattern = isName(to) && template === undefined ? parsePattern(to) : undefined;
  if (!isName(to) || !pattern) {
    throw invalid(
      'A chaos rule is for a template, or for a recipient in `to`: an address or a pattern such as *@example.test',
    );
  }
  return { target: { to }, matches: ({ envelope }) => envelope.to.some((address) => pattern.test(address)) };
}

/** A rule with a misspelt template name would never apply. */
function checkTemplate(name: string, templates: readonly string[] | undefined): void {
  if (!templates || templates.includes(name)) return;
  throw invalid(`template: there is no template ${show(name)}${didYouMean(name, templates)}`);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 255;
}

function invalid(message: string): MailError {
  return new MailError('message-invalid', message.endsWith('?') ? message : `${message}.`);
}
