/** The purpose of an address in a mail: to be followed, or to be shown in place. */
export type AddressKind = 'link' | 'image';

/** An argument of a component. */
export interface Parameter {
  readonly needed: 'always' | 'never' | 'without a block';
  /** The kind of address it is; the call passes it through the `url` helper. */
  readonly url?: AddressKind;
  /** The values it may have where a template writes it out. */
  readonly choices?: readonly string[];
}

/**
 * A partial that declares its parameters. Loading checks its calls. It reads its arguments under names of their own
 * (`$href` for `href=`), so that no field of a context can replace an argument that is left out. It prints its block
 * with the caller's context (`$block`), so that names and `../` mean the same inside the block as around the call.
 */
export interface Component {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly block: 'required' | 'optional' | 'none';
}

/** The name of an argument in the component's own source. */
export function parameterName(name: string): string {
  return `$${name}`;
}

/** The name of the caller's context. */
export const BLOCK_CONTEXT = parameterName('block');
