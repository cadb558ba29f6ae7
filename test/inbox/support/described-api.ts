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

/** Checks that answers of the API match its description and have no undescribed fields. */
export class DescribedApi {
  readonly #paths: ApiDescription['paths'];
  readonly #ajv: Ajv2020;

  constructor({ paths, components }: ApiDescription) {
    this.#paths = paths;
    this.#ajv = new Ajv2020({ allErrors: true, strict: true });
    this.#ajv.addSchema({ $id: ROOT, $defs: closed(components.schemas) });
  }

  /** @param path relative to the API, with its query */
  async check(method: string, path: string, response: Response): Promise<void> {
    const type = response.headers.get('content-type')?.replace(/;.*/, '');
    const body: unknown = type === 'application/json' ? await response.clone().json() : undefined;
    const said = `${method} ${path} answered ${response.status} ${type ?? ''} ${JSON.stringify(body)}`;
    const operation = this.#operationOf(method, path.replace(/\?.*/, ''));
    if (!operation) {
      // An unknown path, which Nest or a guard of the application has refused.
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

  /** The first match wins, as for routes; template names may contain slashes. */
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

/** Forbids undescribed fields: clients must accept them from later versions, but this version must not send any. */
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
