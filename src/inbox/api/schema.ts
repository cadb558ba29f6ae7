/** The subset of JSON Schema (as in OpenAPI 3.1) that describes the API. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string | undefined;
  readonly enum?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
}

declare const TYPE: unique symbol;

/** A schema that carries the type of the JSON it describes. */
export interface Schema<T = unknown> extends JsonSchema {
  /** Exists in the type only. */
  readonly [TYPE]?: T;
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never;

type Properties = Readonly<Record<string, Schema>>;
type Present<P> = { readonly [K in keyof P as K extends `${string}?` ? never : K]: TypeOf<P[K]> };
type Optional<P> = {
  readonly [K in keyof P as K extends `${infer Name}?` ? Name : never]?: TypeOf<P[K]> | undefined;
};
type RecordOf<P> = Present<P> & Optional<P> extends infer T ? { readonly [K in keyof T]: T[K] } : never;

export const string = (description?: string): Schema<string> => ({ type: 'string', description });
export const integer = (description?: string): Schema<number> => ({ type: 'integer', description });
export const boolean = (description?: string): Schema<boolean> => ({ type: 'boolean', description });
export const anything = (description: string): Schema => ({ description });
export const anyObject = (description: string): Schema<object> => ({ type: 'object', description });

/** A string, since JSON has no dates. */
export const time = (description?: string): Schema<string> =>
  string(description === undefined ? 'ISO 8601' : `${description}; ISO 8601`);

export const oneOf = <const T extends string>(values: readonly T[], description?: string): Schema<T> => ({
  type: 'string',
  enum: values,
  description,
});

export const list = <T>(items: Schema<T>, description?: string): Schema<readonly T[]> => ({
  type: 'array',
  items,
  description,
});

export const dictionary = <T>(values: Schema<T>): Schema<Readonly<Record<string, T>>> => ({
  type: 'object',
  additionalProperties: values,
});

/** A tuple of a name and its value. */
export const pair = (): Schema<readonly [name: string, value: string]> => ({
  type: 'array',
  prefixItems: [string(), string()],
});

/** An object; properties whose name ends in `?` are optional. */
export function record<P extends Properties>(properties: P, description?: string): Schema<RecordOf<P>> {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace('?', ''), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
  };
}

const COMPONENTS = new Map<string, JsonSchema>();

/** Registers a schema as a named component, so that generated clients get a named type for it. */
export function named<T>(name: string, schema: Schema<T>): Schema<T> {
  COMPONENTS.set(name, schema);
  return { $ref: `#/components/schemas/${name}` };
}

export function components(): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(COMPONENTS);
}
