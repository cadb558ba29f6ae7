import type { ContextSlot, ContextUse } from '../../render/context/context-slot.js';

const HEADER = [
  '// Written by `nest-mailroom types` from the templates. Do not edit: run it again.',
  "import 'nest-mailroom';",
  '',
  "declare module 'nest-mailroom' {",
  '  interface MailTemplates {',
  '',
].join('\n');
const FOOTER = `  }
}
`;

/** The entry of each template in `MailTemplates`. */
export function templateEntries(contexts: ReadonlyMap<string, ContextSlot>): ReadonlyMap<string, string> {
  return new Map(
    [...contexts].map(([name, slot]) => [name, `    ${key(name)}: ${typeOf(slot, '    ', 'object')};\n`]),
  );
}

/** The content of the declaration file; the same templates give the same bytes. */
export function declarationOf(entries: ReadonlyMap<string, string>): string {
  return HEADER + [...entries.values()].join('') + FOOTER;
}

function typeOf(slot: ContextSlot, indent: string, unread = 'unknown'): string {
  if (slot.opaque) return 'object';
  if (slot.elements) return listOf(typeOf(slot.elements, indent), slot.keyed);
  const { fields } = slot;
  if (fields.length === 0) return slot.uses.size > 0 ? leafType(slot) : unread;
  const lines = fields.map(([name, field]) => fieldLine(name, field, `${indent}  `));
  return `{\n${lines.join('')}${indent}}`;
}

function listOf(element: string, keyed: boolean): string {
  const list = `ReadonlyArray<${element}>`;
  return keyed ? `${list} | Readonly<Record<string, ${element}>>` : list;
}

function fieldLine(name: string, field: ContextSlot, indent: string): string {
  const type = typeOf(field, indent);
  if (field.required) return `${indent}readonly ${key(name)}: ${type};\n`;
  const optional = type === 'unknown' ? type : `${type} | null | undefined`;
  return `${indent}readonly ${key(name)}?: ${optional.replace('| null | null', '| null')};\n`;
}

/** An object of decimal.js, big.js or Prisma. */
const DECIMAL = '{ toFixed(): string }';

/** Types that each use accepts; a value with several uses must suit all of them. */
const TAKEN: Readonly<Record<ContextUse, readonly string[]>> = {
  print: ['string', 'number', 'bigint', 'boolean', 'null'],
  date: ['Date', 'string', 'number', 'null'],
  number: ['number', 'bigint', 'string', DECIMAL, 'null'],
  url: ['URL', 'string'],
  'message-key': ['string'],
  'message-date': ['Date', 'string', 'number'],
  'message-number': ['number', 'bigint', 'string', DECIMAL],
};

function leafType({ uses, samples }: ContextSlot): string {
  const [first = [], ...others] = [...uses].map((use) => TAKEN[use]);
  const common = first.filter((type) => others.every((types) => types.includes(type)));
  const narrowed =
    uses.has('print') && !samples.has('null') ? common.filter((type) => samples.has(type)) : [];
  return (narrowed.length > 0 ? narrowed : common).join(' | ');
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
