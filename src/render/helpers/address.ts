import { urlOf } from '../../message/values/url.js';
import type { AddressKind } from './component.js';

const SCHEMES: Readonly<Record<AddressKind, ReadonlySet<string>>> = {
  link: new Set(['http:', 'https:', 'mailto:', 'tel:']),
  image: new Set(['http:', 'https:', 'cid:']),
};

/** Words for messages: the addresses that each kind accepts. */
export const ADDRESSES: Readonly<Record<AddressKind, string>> = {
  link: 'an absolute http, https, mailto or tel URL without spaces',
  image: 'an absolute http or https URL, or cid:… of an inline attachment, without spaces',
};

export function isAddressKind(value: unknown): value is AddressKind {
  return value === 'link' || value === 'image';
}

/** Reports whether a mail program can follow or show the address. A relative one has no page to start from. */
export function isAddress(text: string, kind: AddressKind): boolean {
  if (/[\s\u0000-\u001f\u007f]/.test(text)) return false;
  const scheme = urlOf(text)?.protocol;
  return scheme !== undefined && SCHEMES[kind].has(scheme);
}
