const INTEGER = /^[ \t\r\n\f]*([+-]?\d{1,9})(?!\d)/;

/** Reads an integer from an attribute as HTML does, which ignores all behind the digits. */
export function integerOf(text: string | undefined): number | undefined {
  const digits = text === undefined ? undefined : INTEGER.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The attributes of a list that decide how its items are numbered. */
interface Numbering {
  readonly start?: string;
  readonly type?: string;
}

/** The markers before the items of one list. */
export class ListMarkers {
  readonly #ordered: boolean;
  readonly #write: (number: number) => string;
  #next: number;

  constructor(ordered: boolean, { start, type = '' }: Numbering) {
    this.#ordered = ordered;
    this.#next = integerOf(start) ?? 1;
    this.#write = STYLES[type.trim()] ?? String;
  }

  /** @param value the `value` attribute of the item */
  next(value?: string): string {
    if (!this.#ordered) return '- ';
    const number = integerOf(value) ?? this.#next;
    this.#next = number + 1;
    return `${this.#write(number)}. `;
  }
}

const STYLES: Readonly<Record<string, (number: number) => string>> = {
  a: letters,
  A: (number) => letters(number).toUpperCase(),
  i: roman,
  I: (number) => roman(number).toUpperCase(),
};

/** a to z, aa to az, ba and so on; 0 and less have no letters and stay numbers. */
function letters(number: number): string {
  let rest = number;
  let written = '';
  for (; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    written = String.fromCharCode(97 + ((rest - 1) % 26)) + written;
  }
  return written || String(number);
}

const ROMAN = Object.entries({
  m: 1000,
  cm: 900,
  d: 500,
  cd: 400,
  c: 100,
  xc: 90,
  l: 50,
  xl: 40,
  x: 10,
  ix: 9,
  v: 5,
  iv: 4,
  i: 1,
});
const LAST_ROMAN = 3999;

function roman(number: number): string {
  if (number < 1 || number > LAST_ROMAN) return String(number);
  let rest = number;
  let written = '';
  for (const [digits, worth] of ROMAN) {
    written += digits.repeat(Math.floor(rest / worth));
    rest %= worth;
  }
  return written;
}
