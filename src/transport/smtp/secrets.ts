import { urlOf } from '../../message/values/url.js';
import { saslOf } from './oauth2/xoauth2.js';

const HIDDEN = '***';

/** Shortest secret that is hidden: a shorter one would mask ordinary words. */
const LEAST_LENGTH = 4;

/** Number of later secrets that are kept: earlier ones are out of use. */
const MOST_LEARNT = 16;

export interface SecretOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Tokens, and the credentials for them. */
  readonly others?: ReadonlyArray<string | undefined> | undefined;
  readonly proxy?: string | undefined;
}

/**
 * Hides secrets. A server may quote them, also in part or over several lines, so every text from outside passes here.
 */
export class Secrets {
  readonly #username: string;
  readonly #given: readonly string[];
  readonly #learnt = new Map<string, readonly string[]>();

  constructor({ username = '', password, others = [], proxy }: SecretOptions) {
    this.#username = username;
    const plain = [password, ...others, proxyPassword(proxy)];
    const login = password === undefined ? [] : [`\0${username}\0${password}`];
    this.#given = [
      ...plain.filter((value) => value !== undefined).flatMap((value) => this.#spell(value)),
      ...login.flatMap((value) => encodings(Buffer.from(value).toString('base64'))),
    ];
  }

  /** Hides a secret from now on, such as an access token. */
  learn(secret: string): void {
    this.#learnt.set(secret, this.#spell(secret));
    const [oldest] = this.#learnt.keys();
    if (this.#learnt.size > MOST_LEARNT && oldest !== undefined) this.#learnt.delete(oldest);
  }

  conceal(text: string): string {
    const spelt = [...this.#given, ...[...this.#learnt.values()].flat()];
    // The longest first: it may contain another.
    return spelt
      .toSorted((a, b) => b.length - a.length)
      .reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text)
      .replaceAll(RUN, (run) => (this.#isPart(run, spelt) ? HIDDEN : run));
  }

  #spell(secret: string): readonly string[] {
    if (secret.length < LEAST_LENGTH) return [];
    return [...spellings(secret), ...encodings(saslOf(this.#username, secret))];
  }

  /**
   * Returns whether a text holds a part of a secret, cut off or wrapped, or the digest of the password in CRAM-MD5 (RFC
   * 2195), which would allow guessing the password.
   */
  #isPart(run: string, spelt: readonly string[]): boolean {
    for (let at = 0; at + PART <= run.length; at += STEP) {
      const part = run.slice(at, at + PART);
      if (spelt.some((secret) => secret.includes(part))) return true;
    }
    return this.#username !== '' && Buffer.from(run, 'base64').toString().startsWith(`${this.#username} `);
  }
}

/** Number of characters of a secret that do not occur by chance. */
const PART = 12;

/**
 * Distance of the positions that are compared: a text that shares `PART` + `STEP` characters with a secret is always
 * found.
 */
const STEP = 4;

/** Characters of secrets: base64, and those of tokens. */
const RUN = /[A-Za-z0-9+/_~.-]{12,}={0,2}/g;

/** Base64 with padding, without it, and in its form for URLs. */
function encodings(base64: string): readonly string[] {
  return [base64, base64.replace(/=+$/, ''), encodeURIComponent(base64)];
}

/**
 * Returns the spellings in which texts may quote a secret: itself, in a URL or a form, in JSON, in JSON inside JSON, in
 * html, in hexadecimal, in quoted-printable, and in base64 of itself or of a longer text.
 */
function spellings(secret: string): readonly string[] {
  const inForm = new URLSearchParams({ '': secret }).toString().slice(1);
  const inUrl = encodeURIComponent(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const spelt = [
    secret,
    inUrl,
    inForm,
    ...[inUrl, inForm].map(withSmallEscapes),
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    ...inHtml(secret),
    quotedPrintable(bytes),
    hex,
    hex.toUpperCase(),
    bytes.toString('base64'),
    ...[0, 1, 2].flatMap((before) => base64Within(bytes, before)),
  ];
  return [...new Set(spelt)];
}

const withSmallEscapes = (text: string): string =>
  text.replace(/%[\dA-F]{2}/g, (octet) => octet.toLowerCase());

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Returns the spellings in html: quotes may be unescaped, and an apostrophe has two names. */
function inHtml(text: string): readonly string[] {
  const plain = text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
  const quoted = plain.replaceAll('"', '&quot;');
  return [plain, quoted, quoted.replaceAll("'", '&#39;'), quoted.replaceAll("'", '&#x27;')];
}

const quoted = (character: string): string =>
  `=${Buffer.from(character, 'latin1').toString('hex').toUpperCase()}`;

/** Quoted-printable on one line (RFC 2045 §6.7). */
const quotedPrintable = (bytes: Buffer): string =>
  bytes.toString('latin1').replace(/[^\x20-\x3c\x3e-\x7e]/g, quoted);

/** Length that does not occur by chance. */
const LEAST_BASE64 = 8;

/** Returns the characters that encode only `bytes` in the base64 of a text with `before` (mod 3) bytes before them. */
function base64Within(bytes: Buffer, before: number): readonly string[] {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6)];
  return (['base64', 'base64url'] as const)
    .map((encoding) => whole.toString(encoding).slice(start, end))
    .filter((core) => core.length >= LEAST_BASE64);
}

function proxyPassword(proxy: string | undefined): string | undefined {
  return proxy === undefined ? undefined : urlOf(proxy)?.password;
}
