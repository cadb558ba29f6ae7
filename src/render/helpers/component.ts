/** What an address in a mail is for: to be followed, or to be shown where it stands. */
export type AddressKind = 'link' | 'image';

/** An argument of a component. */
export interface Parameter {
  readonly needed: 'always' | 'never' | 'without a block';
  /** It is an address of this kind, and passes the `url` helper where it is given. */
  readonly url?: AddressKind;
  /** What it may be, where it is written out in a template. */
  readonly choices?: readonly string[];
}

/**
 * A partial that says what it takes. Calls of it are checked when templates are loaded. Its arguments
 * reach it under names of their own (`$href` for `href=`), so that nothing in a context can stand in
 * for an argument that was left out; its block is printed with the context of the caller (`$block`),
 * so that names and `../` mean the same there as around the call.
 */
export interface Component {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly block: 'required' | 'optional' | 'none';
}

/** What a component's own source calls an argument. */
export function parameterName(name: string): string {
  return `$${name}`;
}

/** What the caller's context is called. */
export const BLOCK_CONTEXT = parameterName('block');
