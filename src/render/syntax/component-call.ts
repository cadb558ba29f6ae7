import { didYouMean } from '../../errors/closest.js';
import { ADDRESSES, isAddress } from '../helpers/address.js';
import { BLOCK_CONTEXT, parameterName, type Component, type Parameter } from '../helpers/component.js';
import {
  callNode,
  hashPair,
  pathNode,
  stringNode,
  type CallLocation,
  type HashNode,
  type StrictExpression,
} from '../engine/strict-node.js';

export interface ComponentCall {
  readonly name: string;
  readonly component: Component;
  /** Arguments by name. */
  readonly given: ReadonlyMap<string, Argument>;
  readonly positional: number;
  readonly block: boolean;
}

export interface Argument {
  readonly value: StrictExpression;
  /** Its text where the template writes it as a literal. */
  readonly literal?: string | undefined;
  readonly location: CallLocation;
}

/** The mistakes in a call, each worded for a fault. */
export function wrongInCall(call: ComponentCall): readonly string[] {
  const { name, component, given, positional, block } = call;
  const known = Object.keys(component.parameters);
  const unknown = [...given.keys()].filter((key) => !known.includes(key));
  return [
    ...(positional > 0 ? [`"${name}" takes named arguments only: ${shownCall(call)}`] : []),
    ...unknown.map((key) => `"${name}" takes no argument "${key}"${didYouMean(key, known)}`),
    ...missing(call).map((key) => `"${name}" needs the argument "${key}": ${shownCall(call)}`),
    ...wrongBlock(call, block),
    ...wrongLiterals(call),
  ];
}

/** The hash that the component gets. */
export function componentHash({ component, given, block }: ComponentCall): HashNode | undefined {
  const pairs = [...given].map(([name, argument]) =>
    hashPair(parameterName(name), passed(argument, component.parameters[name])),
  );
  if (block) pairs.push(hashPair(BLOCK_CONTEXT, pathNode([])));
  return pairs.length > 0 ? { type: 'Hash', pairs } : undefined;
}

/** The `url` helper runs at the caller, so that a fault names the caller's line. */
function passed({ value, location }: Argument, parameter: Parameter | undefined): StrictExpression {
  const kind = parameter?.url;
  return kind ? callNode('url', [value, stringNode(kind)], { loc: location }) : value;
}

function missing({ component, given, block }: ComponentCall): readonly string[] {
  return Object.entries(component.parameters)
    .filter(([, { needed }]) => needed === 'always' || (needed === 'without a block' && !block))
    .map(([key]) => key)
    .filter((key) => !given.has(key));
}

function wrongBlock(call: ComponentCall, block: boolean): readonly string[] {
  const { name, component } = call;
  if (component.block === 'required' && !block) return [`"${name}" needs a block: ${shownCall(call)}`];
  return component.block === 'none' && block ? [`"${name}" takes no block: ${shownCall(call)}`] : [];
}

/** Checks the values that the template writes out. The others are known only when a mail is rendered. */
function wrongLiterals({ name, component, given }: ComponentCall): readonly string[] {
  return [...given].flatMap(([key, { literal }]) => {
    const parameter = component.parameters[key];
    if (!parameter || literal === undefined) return [];
    const expected = expectedOf(parameter, literal);
    return expected === undefined ? [] : [`${key} of "${name}": expected ${expected}, got "${literal}"`];
  });
}

function expectedOf({ choices, url }: Parameter, literal: string): string | undefined {
  if (choices && !choices.includes(literal)) return `one of ${choices.join(', ')}`;
  return url && !isAddress(literal, url) ? ADDRESSES[url] : undefined;
}

/** Shows a correct call, for faults. */
function shownCall({ name, component }: ComponentCall): string {
  const needed = Object.entries(component.parameters).filter(([, parameter]) => parameter.needed !== 'never');
  const inside = [name, ...needed.map(([key]) => `${key}=…`)].join(' ');
  return component.block === 'required' ? `{{#> ${inside}}}…{{/${name}}}` : `{{> ${inside}}}`;
}
