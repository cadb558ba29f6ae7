/** As far as it is read here: https://smithy.io/2.0/spec/model.html. */
interface SmithyModel {
  readonly shapes: Readonly<Record<string, SmithyShape>>;
}

interface SmithyShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, SmithyMember>>;
  /** Of a list. */
  readonly member?: SmithyMember;
  readonly traits?: Traits;
}

interface SmithyMember {
  readonly target: string;
  readonly traits?: Traits;
}

interface Traits {
  readonly 'smithy.api#required'?: object;
  readonly 'smithy.api#length'?: { readonly min?: number; readonly max?: number };
  readonly 'smithy.api#pattern'?: string;
  readonly 'smithy.api#enumValue'?: string;
}

const BASE64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';

/** Type → schema, where nothing else of a shape matters. */
const SIMPLE: Readonly<Record<string, object>> = {
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  long: { type: 'integer' },
  double: { type: 'number' },
  timestamp: { type: 'number' },
  // As `restJson1` writes it.
  blob: { type: 'string', pattern: BASE64 },
};

/** A JSON Schema with a definition for each shape of a model: `#/$defs/SendEmailRequest`. Structures have no other members. */
export function smithySchema({ shapes }: SmithyModel): object {
  const known = Object.entries(shapes).filter(([, { type }]) => type !== 'operation');
  return { $defs: Object.fromEntries(known.map(([id, shape]) => [nameOf(id), schemaOf(shape)])) };
}

/** @throws {Error} for a type of shape that it does not know */
function schemaOf(shape: SmithyShape): object {
  const { type, members = {}, member, traits = {} } = shape;
  const { min, max } = traits['smithy.api#length'] ?? {};
  const pattern = traits['smithy.api#pattern'];
  if (type === 'structure') return structure(members);
  if (type === 'list' && member) {
    return {
      type: 'array',
      items: reference(member),
      minItems: min ?? 0,
      ...(max !== undefined && { maxItems: max }),
    };
  }
  if (type === 'string') {
    const length = { minLength: min ?? 0, ...(max !== undefined && { maxLength: max }) };
    return { type, ...length, ...(pattern !== undefined && { pattern }) };
  }
  if (type === 'enum') {
    return { enum: Object.entries(members).map(([name, of]) => of.traits?.['smithy.api#enumValue'] ?? name) };
  }
  const simple = SIMPLE[type];
  if (simple) return simple;
  throw new Error(`a shape of the type ${type}`);
}

function structure(members: Readonly<Record<string, SmithyMember>>): object {
  const required = Object.keys(members).filter((name) => members[name]?.traits?.['smithy.api#required']);
  const properties = Object.entries(members).map(([name, member]) => [name, reference(member)] as const);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required,
    additionalProperties: false,
  };
}

const reference = ({ target }: SmithyMember): object => ({ $ref: `#/$defs/${nameOf(target)}` });

/** Without its namespace; those of the language itself are plain types. */
const nameOf = (id: string): string => id.slice(id.indexOf('#') + 1);
