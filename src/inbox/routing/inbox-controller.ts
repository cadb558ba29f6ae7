import {
  applyDecorators,
  type ExecutionContext,
  Injectable,
  type Provider,
  SetMetadata,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { isObject } from '../../message/values/fields.js';
import type { Schema } from '../api/schema.js';
import type { InboxReply } from '../http/reply.js';
import type { InboxRequest } from '../http/request.js';
import type { CrossSiteRules } from '../safety/cross-site-protection.js';
import { InboxGuard } from '../safety/inbox-guard.js';

/** The controllers and providers of one part of the inbox, which `MailInboxModule` registers. */
export interface InboxFeature {
  /** Classes decorated with `InboxController`. */
  readonly controllers?: readonly Type<object>[];
  readonly providers?: readonly Provider[];
}

/** Injection token of the instances of all controllers. */
export const INBOX_CONTROLLERS = Symbol('nest-mailroom:inbox:controllers');

const IS_INBOX = 'nest-mailroom:inbox';
const PATH = 'nest-mailroom:inbox:path';

/**
 * Marks a controller of the inbox; `path` is relative to the inbox. Nest sees only a provider, and `InboxRoutes`
 * mounts its routes, so Swagger and the boot log do not list it.
 */
export function InboxController(path: string): ClassDecorator {
  return applyDecorators(
    Injectable(),
    UseGuards(InboxGuard),
    SetMetadata(PATH, path),
    SetMetadata(IS_INBOX, true),
  );
}

/** Path of a controller, relative to the inbox. */
export function controllerPath(controller: object): string {
  return new Reflector().get<string | undefined>(PATH, controller.constructor) ?? '';
}

/**
 * Whether a request goes to the inbox. A global guard admits the inbox with
 * `if (isMailInbox(context)) return true;`. The inbox's own option `guard` still applies.
 */
export function isMailInbox(context: ExecutionContext): boolean {
  return new Reflector().get<boolean | undefined>(IS_INBOX, context.getClass()) === true;
}

export type RouteMethod = 'get' | 'post' | 'patch' | 'delete';

/** Describes a route for OpenAPI, and fixes the type that its handler returns. */
export interface RouteOptions<T = unknown> extends CrossSiteRules {
  /** Routes without one are not part of the API. */
  readonly summary?: string;
  /** Query parameters with their descriptions. */
  readonly query?: Readonly<Record<string, string>>;
  /** Schema of the JSON request body. */
  readonly body?: Schema;
  /** Schema of the JSON answer, or its media types if it is not JSON: `text/html`. Without one: 204. */
  readonly answer?: Schema<T> | string;
  /** Status of an answer with a value. @default 200 */
  readonly status?: number;
  /** Error statuses beyond those of every route. */
  readonly refusals?: readonly number[];
}

/** A handler of a controller with its method and paths. */
export interface Route extends RouteOptions {
  readonly method: RouteMethod;
  /** Relative to the controller; alternatives. */
  readonly paths: readonly string[];
  /** Name of the handler method. */
  readonly name: string;
}

/** Returns JSON, a `RawAnswer`, an `EventAnswer`, or nothing. */
type RouteHandler<T> = (request: InboxRequest, reply: InboxReply) => T | Promise<T>;
type RouteDecorator<T> = (
  prototype: object,
  name: string,
  handler: { readonly value?: RouteHandler<T> },
) => void;

/** Routes by the prototypes of their controllers. */
const ROUTES = new WeakMap<object, Route[]>();

function decorator(method: RouteMethod) {
  return <T>(paths: string | readonly string[], options: RouteOptions<T>): RouteDecorator<T> =>
    (prototype, name) => {
      const routes = ROUTES.get(prototype) ?? [];
      ROUTES.set(prototype, [...routes, { ...options, method, paths: [paths].flat(), name }]);
    };
}

export const Get = decorator('get');
export const Post = decorator('post');
export const Patch = decorator('patch');
export const Delete = decorator('delete');

/** Returns the routes of a controller in source order; the first match wins. */
export function routesOf(controller: object): readonly Route[] {
  const prototype: unknown = Object.getPrototypeOf(controller);
  return isObject(prototype) ? (ROUTES.get(prototype) ?? []) : [];
}
