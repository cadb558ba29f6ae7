import type { Type } from '@nestjs/common';
import type { MailExtension } from './extension.js';
import { MAILER_ROWS, MOVED } from './mailer-rows.js';
import { QUEUE } from './queue.js';
import { TEMPLATES } from './templates.js';
import type { MailInterceptor } from '../deliver/approve/interceptor.js';
import { Group, section } from '../reader/group.js';
import { classes, FLAG, is, isClass, oneClass, TEXTS, TIMER } from '../reader/kinds.js';
import { apart, env, optional, or } from '../reader/option.js';
import type { Renderer } from '../render/renderer.js';
import { MailError } from '../errors/mail-error.js';
import type { MailerResolver, MailModuleOptions } from './options.js';

const METHODS = ['load', 'render', 'names', 'watch', 'close'] as const;

const RENDERER = is(`a Renderer ({ ${METHODS.join(', ')} }) or a class of one`, isRenderer);

function isRenderer(value: unknown): value is Renderer | Type<Renderer> {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((method) => typeof Reflect.get(value, method) === 'function');
}

function isInterceptor(value: unknown): value is Type<MailInterceptor> {
  return isClass(value);
}

function isResolver(value: unknown): value is Type<MailerResolver> {
  return isClass(value);
}

const EXTENSIONS = is('an array', isExtensions);

function isExtensions(value: unknown): value is readonly MailExtension[] {
  return Array.isArray(value);
}

const QUEUED = 'where [queued](docs/queueing.md) mails are kept, and how they go out';
const ENGINE = 'a [template engine of your own](docs/templates.md#another-template-engine)';
const MAILERS =
  'further [mailers by name](docs/configuration.md#named-mailers), which inherit what they leave out';
const RESOLVER = 'finds [mailers at run time](docs/sending.md#mailers-at-run-time): a class';
const INTERCEPTORS =
  '[classes](docs/sending.md#interceptors-and-events) that see every rendered mail before it goes';

export const MODULE = new Group(
  {
    ...MAILER_ROWS,
    templates: section(TEMPLATES, ''),
    renderer: optional(RENDERER, ENGINE, 'Handlebars'),
    queue: section(QUEUE, QUEUED, 'see `MAIL_SPOOL_PATH`; in memory in tests'),
    mailers: apart(MAILERS),
    resolver: optional(oneClass(isResolver), RESOLVER),
    interceptors: or(classes(isInterceptor), [], INTERCEPTORS),
    ignoreVariables: or(
      TEXTS,
      [],
      'names of your own variables that begin with `MAIL_`: no warning about them',
    ),
    shutdownTimeout: or(TIMER, 10_000, 'milliseconds a shutdown waits for mails under way'),
    suppressSend: env('MAIL_SUPPRESS_SEND', or(FLAG, false, 'capture everything in memory')),
    use: or(EXTENSIONS, [], 'extensions, such as a URL scheme of your own'),
  },
  { moved: MOVED },
);

/**
 * Checks the options that a caller or a factory gave. An instance of a class is read by its fields and getters.
 * @param where the call, such as `MailModule.forRoot`
 * @param expected what should have come, such as `options`
 * @throws {MailError} `config`, which says what came instead without any of its text
 */
export function givenOptions(value: unknown, where: string, expected: string): MailModuleOptions {
  if (isOptions(value)) return isPlain(value) ? value : ownFields(value);
  const advice = ADVICE.get(kindOf(value)) ?? '';
  throw new MailError('config', `${where}: expected ${expected}, got ${kindOf(value)}.${advice}`);
}

/** Whether a value can be options: an object, which must have one of their fields if it is of a class. */
function isOptions(value: unknown): value is MailModuleOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return isPlain(value) || MODULE.names.some((name) => name in value);
}

/** In any realm: tests run in one of their own. */
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

/** Names the kind of a value and shows nothing of it. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const { constructor: made }: { constructor?: unknown } = value;
  return typeof made === 'function' && made.name ? `an instance of ${made.name}` : 'another object';
}
