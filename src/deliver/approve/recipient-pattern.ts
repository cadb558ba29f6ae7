import { asciiDomain } from '../../message/address/domain.js';

/** A parsed pattern of recipients, such as `*@example.test`. */
export interface RecipientPattern {
  /** @param address with its domain in ASCII (RFC 5890) */
  test(address: string): boolean;
}

/** Parses a pattern of the guard, ignoring letter case; undefined if it is not one. */
export function parsePattern(pattern: string): RecipientPattern | undefined {
  const [, local = '', domain = ''] = /^([^\s@,]+)@([^\s@,]+)$/.exec(pattern) ?? [];
  if (domain === '') return undefined;
  const ascii = domain.split('.').map((label) => (label.includes('*') ? label : asciiDomain(label)));
  const [ofLocal, ofDomain] = [new Wildcards(local), new Wildcards(ascii.join('.'))];
  return {
    test: (address) => {
      const [name, host, ...others] = address.split('@');
      if (name === undefined || host === undefined || others.length > 0) return false;
      return ofLocal.match(name) && ofDomain.match(host);
    },
  };
}

/**
 * A pattern in which `*` matches any characters. Not a regular expression: with many wildcards, that would try every way to
 * divide a text among them.
 */
class Wildcards {
  readonly #first: string;
  readonly #inner: readonly string[];
  /** Undefined for a text without `*`. */
  readonly #last: string | undefined;

  constructor(pattern: string) {
    const [first = '', ...others] = pattern.toLowerCase().split('*');
    this.#first = first;
    this.#inner = others.slice(0, -1);
    this.#last = others.at(-1);
  }

  /** Matches each piece at its first occurrence, which leaves most of the text for the later pieces. */
  match(text: string): boolean {
    const lower = text.toLowerCase();
    if (this.#last === undefined) return lower === this.#first;
    if (!lower.startsWith(this.#first)) return false;
    let at = this.#first.length;
    for (const piece of this.#inner) {
      const found = lower.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return lower.length - this.#last.length >= at && lower.endsWith(this.#last);
  }
}
