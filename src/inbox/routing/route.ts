import type { Schema } from '../api/schema.js';
import type { InboxReply } from '../http/reply.js';
import type { InboxRequest } from '../http/request.js';
import type { RouteAccess } from '../safety/inbox-door.js';

export type RouteMethod = 'get' | 'post' | 'patch' | 'delete';

/** What the description of the API says of a route, and what its handler answers. */
export interface RouteOptions<T = unknown> extends RouteAccess {
  /** Of every route of the API. */
  readonly summary?: string;
  /** Query parameters, each with its meaning. */
  readonly query?: Readonly<Record<string, string>>;
  /** Of the JSON body. */
  readonly body?: Schema;
  /** Schema of the JSON answer, or the media types of another: `text/html`. Without one there is nothing to say: 204. */
  readonly answer?: Schema<T> | string;
  /** Of an answer with a value. @default 200 */
  readonly status?: number;
  /** Statuses of its refusals, beside those of every route. */
  readonly refusals?: readonly number[];
}

/** One handler of a controller, and what it is asked by. */
export interface Route extends RouteOptions {
  readonly method: RouteMethod;
  /** Below the controller's, one or several. */
  readonly paths: readonly string[];
  /** Of the handler. */
  readonly name: string;
}

/** Answers with JSON, an `Answer`, events, or nothing. */
type Handler<T> = (request: InboxRequest, reply: InboxReply) => T | Promise<T>;
type RouteDecorator<T> = (prototype: object, name: string, handler: { readonly value?: Handler<T> }) => void;

/** By the prototypes of controllers. */
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

/** The routes of a controller, in the order they are written: the first that matches answers. */
export function routesOf(controller: object): readonly Route[] {
  const prototype: unknown = Object.getPrototypeOf(controller);
  const routes = typeof prototype === 'object' && prototype !== null ? ROUTES.get(prototype) : undefined;
  return routes ?? [];
}
