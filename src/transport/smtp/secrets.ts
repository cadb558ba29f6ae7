import { urlOf } from '../../message/url.js';

const HIDDEN = '***';

/** Shorter ones would turn ordinary words into stars. */
const LEAST_LENGTH = 4;

/** Of the secrets that came up meanwhile, so many of the last: those before are out of use. */
const MOST_LEARNT = 16;

/** Where the secrets of a connection are. */
export interface SecretOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Tokens, and what earns them. */
  readonly others?: ReadonlyArray<string | undefined> | undefined;
  readonly proxy?: string | undefined;
}

/** What must not be shown. A server may quote it back at us, so every text that came from outside passes here. */
export class Secrets {
  readonly #given: readonly string[];
  readonly #learnt = new Map<string, readonly string[]>();

  constructor({ username, password, others = [], proxy }: SecretOptions) {
    const plain = [password, ...others, proxyPassword(proxy)];
    const login = password === undefined ? [] : [`\0${username ?? ''}\0${password}`];
    this.#given = [
      ...plain.filter((value) => value !== undefined).flatMap(spellings),
      ...login.map((value) => Buffer.from(value).toString('base64')),
    ];
  }

  /** Hides a secret from now on, such as an access token. */
  learn(secret: string): void {
    this.#learnt.set(secret, spellings(secret));
    const [oldest] = this.#learnt.keys();
    if (this.#learnt.size > MOST_LEARNT && oldest !== undefined) this.#learnt.delete(oldest);
  }

  conceal(text: string): string {
    const spelt = [...this.#given, ...[...this.#learnt.values()].flat()];
    // The longest first: a part of one may be another.
    return spelt
      .toSorted((a, b) => b.length - a.length)
      .reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
  }
}

/** A secret as texts may quote it: itself, in a URL or a form, in JSON, and in base64 of itself or of more. */
function spellings(secret: string): readonly string[] {
  if (secret.length < LEAST_LENGTH) return [];
  const inForm = new URLSearchParams({ '': secret }).toString().slice(1);
  const bytes = Buffer.from(secret);
  const spelt = [
    secret,
    encodeURIComponent(secret),
    inForm,
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64'),
    ...[0, 1, 2].flatMap((before) => base64Within(bytes, before)),
  ];
  return [...new Set(spelt)];
}

/** Long enough not to be met by chance. */
const LEAST_BASE64 = 8;

/** The characters that stand for nothing but `bytes` in the base64 of a text in which `before` (mod 3) bytes precede them. */
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
