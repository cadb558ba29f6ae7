import { isObject } from '../../../message/values/fields.js';

/** The required shape of a value: a small part of JSON Schema, enough for the requests of providers. */
export type Shape =
  | { readonly type: 'string'; readonly pattern?: RegExp }
  | { readonly type: 'boolean' | 'number' | 'any' }
  | { readonly type: 'list'; readonly of: Shape; readonly least?: number; readonly most?: number }
  | { readonly type: 'map'; readonly of: Shape }
  | {
      readonly type: 'object';
      readonly required?: Readonly<Record<string, Shape>>;
      readonly optional?: Readonly<Record<string, Shape>>;
    };

export const text = (pattern?: RegExp): Shape => ({ type: 'string', ...(pattern && { pattern }) });
export const listOf = (of: Shape, least = 1, most = 1000): Shape => ({ type: 'list', of, least, most });
export const mapOf = (of: Shape): Shape => ({ type: 'map', of });
export const ANY: Shape = { type: 'any' };

/** Returns the faults of a value, one sentence each. */
export function misfits(value: unknown, shape: Shape, at = 'body'): readonly string[] {
  if (shape.type === 'list') return inList(value, shape, at);
  if (shape.type === 'object') return inObject(value, shape, at);
  if (shape.type === 'map') {
    if (!isObject(value)) return [`${at} is no object`];
    return Object.entries(value).flatMap(([name, item]) => misfits(item, shape.of, `${at}.${name}`));
  }
  if (shape.type === 'any') return [];
  if (typeof value !== shape.type) return [`${at} is no ${shape.type}`];
  const isOdd = shape.type === 'string' && shape.pattern && !shape.pattern.test(String(value));
  return isOdd ? [`${at} does not look like ${shape.pattern}`] : [];
}

function inList(
  value: unknown,
  { of, least = 0, most = 1000 }: Extract<Shape, { type: 'list' }>,
  at: string,
): readonly string[] {
  if (!Array.isArray(value)) return [`${at} is no list`];
  if (value.length < least || value.length > most)
    return [`${at} has ${value.length}, not ${least} to ${most}`];
  return value.flatMap((item: unknown, index) => misfits(item, of, `${at}[${index}]`));
}

function inObject(
  value: unknown,
  { required = {}, optional = {} }: Extract<Shape, { type: 'object' }>,
  at: string,
): readonly string[] {
  if (!isObject(value)) return [`${at} is no object`];
  const known = new Map(Object.entries({ ...required, ...optional }));
  const missing = Object.keys(required).filter((name) => value[name] === undefined);
  return [
    ...missing.map((name) => `${at}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, item]) => {
      const shape = known.get(name);
      return shape ? misfits(item, shape, `${at}.${name}`) : [`${at}.${name} is not known`];
    }),
  ];
}
