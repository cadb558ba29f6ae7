import type { InboxReply, InboxRequest } from '../safety/http.js';

export type RouteMethod = 'get' | 'post' | 'patch' | 'delete';

/** One handler of a controller, and what it is asked by. */
export interface Route {
  readonly method: RouteMethod;
  /** Below the controller's, one or several. */
  readonly paths: readonly string[];
  /** Of the handler. */
  readonly name: string;
  /** Of an answer with a value. */
  readonly status: number;
}

/** Answers with JSON, an `Answer`, events, or nothing. */
type Handler = (request: InboxRequest, reply: InboxReply) => unknown;
type RouteDecorator = (prototype: object, name: string, handler: { readonly value?: Handler }) => void;

/** By the prototypes of controllers. */
const ROUTES = new WeakMap<object, Route[]>();

function decorator(method: RouteMethod) {
  return (paths: string | readonly string[] = '', { status = 200 } = {}): RouteDecorator =>
    (prototype, name) => {
      const routes = ROUTES.get(prototype) ?? [];
      ROUTES.set(prototype, [...routes, { method, paths: [paths].flat(), name, status }]);
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
