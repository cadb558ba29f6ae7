import { MailError } from '../errors/mail-error.js';
import type { MailModuleOptions } from './options.js';
import { MODULE } from './module.js';

/**
 * What a caller or a factory gave for the options. An instance of a class is read by its fields and getters.
 * @param where the call, as `MailModule.forRoot`
 * @param expected what should have come, as `options`
 * @throws {MailError} `config`, saying what came instead, none of its text
 */
export function givenOptions(value: unknown, where: string, expected: string): MailModuleOptions {
  if (isOptions(value)) return isPlain(value) ? value : ownFields(value);
  const advice = ADVICE.get(kindOf(value)) ?? '';
  throw new MailError('config', `${where}: expected ${expected}, got ${kindOf(value)}.${advice}`);
}

/** Whether it can be meant as options: an object, which has one of them when it is of a class. */
function isOptions(value: unknown): value is MailModuleOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return isPlain(value) || MODULE.names.some((name) => name in value);
}

/** Of whichever realm: tests run in one of their own. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function ownFields(instance: MailModuleOptions): MailModuleOptions {
  const names = MODULE.names.filter((name) => name in instance);
  return {
    ...instance,
    ...Object.fromEntries<unknown>(names.map((name) => [name, Reflect.get(instance, name)])),
  };
}

const ADVICE: ReadonlyMap<string, string> = new Map([
  ['nothing', ' Does the function return them, and is what makes them there already?'],
  ['a function', ' MailModule.forRootAsync({ useFactory }) calls one.'],
  ['an instance of Promise', ' MailModule.forRootAsync({ useFactory }) waits for one.'],
]);

/** What came, in words that show nothing of it. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const { constructor: made }: { constructor?: unknown } = value;
  return typeof made === 'function' && made.name ? `an instance of ${made.name}` : 'another object';
}
