import type { Type } from '@nestjs/common';
import type { ModuleRef, ModulesContainer } from '@nestjs/core';

/** The part of the emitter of `@nestjs/event-emitter` that the module uses. */
export interface EventEmitter {
  /** Calls the listeners before it returns, and rejects when one of them does. */
  emitAsync(name: string, payload: unknown): unknown;
}

type Module = ModulesContainer extends Map<string, infer M> ? M : never;
type Wrapper = Module['providers'] extends Map<unknown, infer W> ? W : never;

/** Every provider of one token in the application's modules. */
function* provided(
  container: ModulesContainer,
  token: symbol,
): Generator<{ module: Module; wrapper: Wrapper }> {
  for (const module of container.values()) {
    const wrapper = module.providers.get(token);
    if (wrapper) yield { module, wrapper };
  }
}

/** All providers of the application's modules; an instance is complete once the boot has made it. */
export function* providers(
  container: ModulesContainer,
): Generator<{ token: unknown; metatype: unknown; instance: unknown; isGlobal: boolean }> {
  for (const { providers: own, isGlobal } of container.values()) {
    for (const [token, { metatype, instance }] of own) yield { token, metatype, instance, isGlobal };
  }
}

/** The values of `token` in all modules of the application; for `useValue` providers only. */
export function providedValues(container: ModulesContainer, token: symbol): unknown[] {
  return [...provided(container, token)].map(({ wrapper }) => wrapper.instance);
}

/** How many global modules of the application provide `token`. */
export function countGlobal(container: ModulesContainer, token: symbol): number {
  return [...provided(container, token)].filter(({ module }) => module.isGlobal).length;
}

/**
 * Resolves a class in the application's container: an instance of the module that provides it, with that
 * module's dependencies, else created here. Providers are created in no fixed order, so the instance is
 * looked up on first use.
 */
export type ResolveClass = <T>(type: Type<T>) => Promise<() => T>;

/** Resolves one class, see `ResolveClass`. */
export async function resolveClass<T>(
  type: Type<T>,
  container: ModulesContainer,
  moduleRef: ModuleRef,
): Promise<() => T> {
  const isProvided = [...container.values()].some((module) => module.providers.has(type));
  if (isProvided) return () => moduleRef.get(type, { strict: false });
  const instance = await moduleRef.create(type);
  return () => instance;
}

/** Whether any class or factory of the application injects `token`. */
export function isInjected(container: ModulesContainer, token: unknown): boolean {
  return [...container.values()].some((module) =>
    [...module.providers.values(), ...module.controllers.values(), ...module.injectables.values()].some(
      (wrapper) => dependencies(wrapper).includes(token),
    ),
  );
}

/** Nest's own metadata keys, the same in 11 and 12. */
const PARAMETERS = 'self:paramtypes';
const PROPERTIES = 'self:properties_metadata';

function dependencies({ metatype, inject }: Pick<Wrapper, 'metatype' | 'inject'>): unknown[] {
  if (inject) return inject.map((dependency: unknown) => tokenOf(dependency));
  if (typeof metatype !== 'function') return [];
  const parameters: unknown = Reflect.getMetadata(PARAMETERS, metatype) ?? [];
  const properties: unknown = Reflect.getMetadata(PROPERTIES, metatype) ?? [];
  return [parameters, properties].flatMap((list) => (Array.isArray(list) ? list.map(tokenOf) : []));
}

/** Reads `{ index, param }`, `{ key, type }`, `{ token, optional }`, or the token itself. */
function tokenOf(dependency: unknown): unknown {
  if (typeof dependency !== 'object' || dependency === null) return dependency;
  for (const key of ['param', 'type', 'token']) {
    const token: unknown = Reflect.get(dependency, key);
    if (token !== undefined) return token;
  }
  return undefined;
}

/**
 * The application's event emitter, if it imports `EventEmitterModule`. Found by that module's name:
 * an import here would make every user install the package.
 */
export function findEventEmitter(container: ModulesContainer): EventEmitter | undefined {
  for (const module of container.values()) {
    if (module.metatype.name !== 'EventEmitterModule') continue;
    for (const { instance } of module.providers.values()) {
      if (isEventEmitter(instance)) return instance;
    }
  }
  return undefined;
}

function isEventEmitter(value: unknown): value is EventEmitter {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'emitAsync') === 'function' &&
    typeof Reflect.get(value, 'onAny') === 'function'
  );
}
