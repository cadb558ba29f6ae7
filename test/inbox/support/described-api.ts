import { Ajv2020 } from 'ajv/dist/2020.js';

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema?: object }>> }>
  >;
}

export interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object };
}

/** Holds answers of the API to its description, of which none may have more fields than are described. */
export class DescribedApi {
  readonly #paths: ApiDescription['paths'];
  readonly #ajv: Ajv2020;

  constructor({ paths, components }: ApiDescription) {
    this.#paths = paths;
    this.#ajv = new Ajv2020({ allErrors: true, strict: true });
    this.#ajv.addSchema({ $id: ROOT, $defs: closed(components.schemas) });
  }

  /** @param path below the API, with its query */
  async check(method: string, path: string, response: Response): Promise<void> {
    const type = response.headers.get('content-type')?.replace(/;.*/, '');
    const body: unknown = type === 'application/json' ? await response.clone().json() : undefined;
    const said = `${method} ${path} answered ${response.status} ${type ?? ''} ${JSON.stringify(body)}`;
    const operation = this.#operationOf(method, path.replace(/\?.*/, ''));
    if (!operation) {
      // Nothing is there: Nest says so, or the application's own guard.
      if (response.status < 400) throw new Error(`${said}: such a route is not described.`);
      return;
    }
    const described = operation.responses[response.status];
    if (!described) throw new Error(`${said}: that status is not described.`);
    const { content } = described;
    const types = content && Object.keys(content);
    const isDescribed = types?.some((known) => known === type || known === type?.replace(/\/.*/, '/*'));
    if (!(isDescribed ?? type === undefined))
      throw new Error(`${said}: expected ${types?.join() ?? 'no body'}.`);
    const schema = content?.['application/json']?.schema;
    if (!schema) return;
    const validate = this.#ajv.compile(closed(schema));
    if (!validate(body)) throw new Error(`${said}: ${this.#ajv.errorsText(validate.errors)}.`);
  }

  /** The first that matches, as for the routes; names of templates may hold slashes. */
  #operationOf(method: string, path: string): Operation | undefined {
    const known = Object.entries(this.#paths).filter(([, methods]) => method.toLowerCase() in methods);
    const [, methods] =
      known.find(([template]) => {
        const pattern = template
          .replaceAll('.', String.raw`\.`)
          .replace('{name}', '.+')
          .replaceAll(/\{\w+\}/g, '[^/]+');
        return new RegExp(`^${pattern}$`).test(path);
      }) ?? [];
    return methods?.[method.toLowerCase()];
  }
}

const ROOT = 'inbox';

/** Refuses fields that are not described: a later version may have more of them, this one must not. */
function closed(schema: object): object {
  const text = JSON.stringify(schema).replaceAll('"#/components/schemas/', `"${ROOT}#/$defs/`);
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('prefixItems' in value) {
      const { length } = value.prefixItems as unknown[];
      return { ...value, items: false, minItems: length };
    }
    return 'properties' in value ? { ...value, additionalProperties: false } : value;
  }) as object;
}
