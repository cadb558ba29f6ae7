import { randomUUID } from 'node:crypto';
import { parsePattern } from '../../deliver/approve/recipient-pattern.js';
import { didYouMean } from '../../errors/closest.js';
import { show } from '../../errors/config-report.js';
import { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import { CHAOS_FAULTS, type ChaosRule } from '../api/chaos.js';
import { isChaosFault, stagedFault } from './staged-fault.js';

/** Most attempts of one rule. */
const MOST_TIMES = 1_000;
/** Most rules at once. */
const MOST_RULES = 100;

interface Entry {
  readonly rule: ChaosRule;
  readonly matches: (message: RenderedMessage) => boolean;
}

/** The templates there are; undefined where a source may have more. */
export type TemplateNames = () => readonly string[] | undefined;

/** The rules by which attempts fail on purpose. The oldest that matches is used up first. */
export class ChaosRules {
  #entries: readonly Entry[] = [];
  readonly #onChange: () => void;
  readonly #templates: TemplateNames;

  constructor(onChange: () => void, templates: TemplateNames) {
    this.#onChange = onChange;
    this.#templates = templates;
  }

  get list(): readonly ChaosRule[] {
    return this.#entries.map(({ rule }) => rule);
  }

  /**
   * Adds a rule as a request gives it: `{ template? | to?, fault, times = 1 }`.
   * @throws {MailError} `message-invalid` for what is no rule, or is for a template that there is none of
   */
  add(given: unknown): ChaosRule {
    const entry = readEntry(given, this.#templates());
    if (this.#entries.length >= MOST_RULES) {
      throw invalid(`There are ${MOST_RULES} chaos rules already. Remove some`);
    }
    this.#set([...this.#entries, entry]);
    return entry.rule;
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    const others = this.#entries.filter(({ rule }) => rule.id !== id);
    const isFound = others.length < this.#entries.length;
    if (isFound) this.#set(others);
    return isFound;
  }

  clear(): void {
    if (this.#entries.length > 0) this.#set([]);
  }

  /** The fault an attempt is to end with; the rule has one left less then. */
  strike(message: RenderedMessage): MailError | undefined {
    const struck = this.#entries.find(({ matches }) => matches(message));
    if (!struck) return undefined;
    const left = struck.rule.left - 1;
    const after = { ...struck, rule: { ...struck.rule, left } };
    this.#set(this.#entries.flatMap((entry) => (entry !== struck ? [entry] : left > 0 ? [after] : [])));
    return stagedFault(struck.rule.fault, message);
  }

  #set(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.#onChange();
  }
}

const FIELDS: ReadonlySet<string> = new Set(['template', 'to', 'fault', 'times']);

function readEntry(given: unknown, templates: readonly string[] | undefined): Entry {
  const fields = fieldsOf(given);
  const unknown = Object.keys(fields).find((field) => !FIELDS.has(field));
  if (unknown !== undefined)
    throw invalid(`A chaos rule has no ${show(unknown)}. It is { template or to, fault, times }`);
  const { template, to, fault, times = 1 } = fields;
  if (!isChaosFault(fault)) {
    throw invalid(`fault: expected one of ${CHAOS_FAULTS.join(', ')}, got ${show(fault)}`);
  }
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > MOST_TIMES) {
    throw invalid(`times: expected a whole number from 1 to ${MOST_TIMES}, got ${show(times)}`);
  }
  const { target, matches } = readTarget(template, to);
  if (target.template !== undefined) checkTemplate(target.template, templates);
  return { rule: { id: randomUUID(), ...target, fault, left: times }, matches };
}

function readTarget(
  template: unknown,
  to: unknown,
): { readonly target: Pick<ChaosRule, 'template' | 'to'>; readonly matches: Entry['matches'] } {
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

/** A rule for a template that is misspelt would wait for ever. */
function checkTemplate(name: string, templates: readonly string[] | undefined): void {
  if (!templates || templates.includes(name)) return;
  throw invalid(`template: there is no template ${show(name)}${didYouMean(name, templates)}`);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 255;
}

function fieldsOf(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid(`A chaos rule is { template or to, fault, times }, got ${show(given)}`);
  }
  return { ...given };
}

function invalid(message: string): MailError {
  return new MailError('message-invalid', message.endsWith('?') ? message : `${message}.`);
}
