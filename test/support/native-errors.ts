import { isNativeError } from 'node:util/types';

/**
 * jest's files have another `Error` than Node's own sockets. The AWS SDK asks by `instanceof`, and would not recognise
 * those as errors.
 */
export function recogniseNativeErrors(): void {
  Object.defineProperty(Error, Symbol.hasInstance, { value: isNativeError });
}
