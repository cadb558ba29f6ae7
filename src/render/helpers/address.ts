import { urlOf } from '../../message/values/url.js';
import type { AddressKind } from './component.js';

const SCHEMES: Readonly<Record<AddressKind, ReadonlySet<string>>> = {
  link: new Set(['http:', 'https:', 'mailto:', 'tel:']),
  image: new Set(['http:', 'https:', 'cid:']),
};

/** What is expected of each, in words. */
export const ADDRESSES: Readonly<Record<AddressKind, string>> = {
  link: 'an absolute http, https, mailto or tel URL without spaces',
  image: 'an absolute http or https URL, or cid:… of an inline attachment, without spaces',
};

export function isAddressKind(value: unknown): value is AddressKind {
  return value === 'link' || value === 'image';
}

/** Whether a mail program can follow or show it: it is read far from any page it could be relative to. */
export function isAddress(text: string, kind: AddressKind): boolean {
  if (/[\s\u0000-\u001f\u007f]/.test(text)) return false;
  const scheme = urlOf(text)?.protocol;
  return scheme !== undefined && SCHEMES[kind].has(scheme);
}
