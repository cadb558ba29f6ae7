/** A class, even with a private constructor, or the constructor function of an ORM's model. */
export interface ClassWithGetters {
  readonly prototype: object;
}

/** A property that an object inherits from a class. */
export interface Inherited {
  readonly kind: 'getter' | 'method' | 'value';
  /** The name of the declaring class; absent for a class without a name. */
  readonly className: string | undefined;
  readonly prototype: object;
}

/** The classes whose getters templates may read. No other prototype is ever read, and no method called. */
export class ClassGetters {
  readonly #prototypes: ReadonlySet<object>;

  constructor(classes: readonly ClassWithGetters[]) {
    this.#prototypes = new Set(classes.map(({ prototype }) => prototype));
  }

  /**
   * The prototype that declares a readable getter of `owner`, for `Reflect.get`. The nearest declaration decides, as
   * in JavaScript.
   */
  find(owner: unknown, key: string): object | undefined {
    if (this.#prototypes.size === 0) return undefined;
    const found = inherited(owner, key);
    return found?.kind === 'getter' && this.#prototypes.has(found.prototype) ? found.prototype : undefined;
  }
}

/**
 * The property `key` that `owner` inherits from a class. Runs no code of the class. Properties of every object or
 * array do not count, so that `constructor` and `__proto__` are out of reach even where a class declares them.
 */
export function inherited(owner: unknown, key: string): Inherited | undefined {
  if (typeof owner !== 'object' || owner === null) return undefined;
  const birth: object = Array.isArray(owner) ? Array.prototype : Object.prototype;
  if (key in birth) return undefined;
  for (let at = prototypeOf(owner); at; at = prototypeOf(at)) {
    const property = Object.getOwnPropertyDescriptor(at, key);
    if (!property) continue;
    return { kind: kindOf(property), className: nameOf(at), prototype: at };
  }
  return undefined;
}

function kindOf(property: PropertyDescriptor): Inherited['kind'] {
  if (property.get) return 'getter';
  return typeof property.value === 'function' ? 'method' : 'value';
}

function prototypeOf(object: object): object | undefined {
  const prototype: unknown = Object.getPrototypeOf(object);
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}

function nameOf(prototype: object): string | undefined {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof constructor !== 'function') return undefined;
  const name: unknown = Object.getOwnPropertyDescriptor(constructor, 'name')?.value;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
