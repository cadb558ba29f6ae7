import { isNativeError } from 'node:util/types';

const { [Symbol.hasInstance]: usual } = Function.prototype;

/**
 * jest's files have another `Error` than Node's own sockets. The AWS SDK asks by `instanceof`, and would not recognise
 * those as errors. Classes that extend `Error` inherit the answer, and keep their own.
 */
export function recogniseNativeErrors(): void {
  Object.defineProperty(Error, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      return this === Error ? isNativeError(value) : usual.call(this, value);
    },
  });
}
