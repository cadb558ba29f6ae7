import { didYouMean } from '../../errors/closest.js';
import { ADDRESSES, isAddress } from '../helpers/address.js';
import { BLOCK_CONTEXT, parameterName, type Component, type Parameter } from '../helpers/component.js';
import { callNode, pathNode, stringNode, type CallLocation, type StrictNode } from '../engine/strict-node.js';

/** A call of a component. */
export interface ComponentCall {
  readonly name: string;
  readonly component: Component;
  /** Arguments by name. */
  readonly given: ReadonlyMap<string, Argument>;
  readonly positional: number;
  readonly block: boolean;
}

export interface Argument {
  readonly value: StrictNode;
  /** Its text, where the template writes it out. */
  readonly literal?: string | undefined;
  readonly location: CallLocation;
}

/** What is wrong with a call, each in a sentence. */
export function wrongInCall(call: ComponentCall): readonly string[] {
  const { name, component, given, positional, block } = call;
  const known = Object.keys(component.parameters);
  const unknown = [...given.keys()].filter((key) => !known.includes(key));
  return [
    ...(positional > 0 ? [`"${name}" takes named arguments only: ${shownCall(call)}`] : []),
    ...unknown.map((key) => `"${name}" takes no argument "${key}"${didYouMean(key, known)}`),
    ...missing(call).map((key) => `"${name}" needs the argument "${key}": ${shownCall(call)}`),
    ...wrongBlock(call, block),
    ...wrongChoices(call),
    ...wrongAddresses(call),
  ];
}

/** The arguments as the component reads them. */
export function componentHash({ component, given, block }: ComponentCall): StrictNode | undefined {
  const pairs = [...given].map(([name, argument]) =>
    hashPair(parameterName(name), passed(argument, component.parameters[name])),
  );
  if (block) pairs.push(hashPair(BLOCK_CONTEXT, pathNode([])));
  return pairs.length > 0 ? { type: 'Hash', pairs } : undefined;
}

function hashPair(key: string, value: StrictNode): StrictNode {
  return { type: 'HashPair', key, value };
}

/** The `url` helper runs at the caller, so that a fault names the caller's line. */
function passed({ value, location }: Argument, parameter: Parameter | undefined): StrictNode {
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

function wrongChoices({ name, component, given }: ComponentCall): readonly string[] {
  return [...given].flatMap(([key, { literal }]) => {
    const choices = component.parameters[key]?.choices;
    if (!choices || literal === undefined || choices.includes(literal)) return [];
    return [`${key} of "${name}": expected one of ${choices.join(', ')}, got "${literal}"`];
  });
}

/** Those that are written out; any other is known when a mail is made. */
function wrongAddresses({ name, component, given }: ComponentCall): readonly string[] {
  return [...given].flatMap(([key, { literal }]) => {
    const kind = component.parameters[key]?.url;
    if (!kind || literal === undefined || isAddress(literal, kind)) return [];
    return [`${key} of "${name}": expected ${ADDRESSES[kind]}, got "${literal}"`];
  });
}

/** How the component is called. */
function shownCall({ name, component }: ComponentCall): string {
  const needed = Object.entries(component.parameters).filter(([, parameter]) => parameter.needed !== 'never');
  const inside = [name, ...needed.map(([key]) => `${key}=…`)].join(' ');
  return component.block === 'required' ? `{{#> ${inside}}}…{{/${name}}}` : `{{> ${inside}}}`;
}
