import { urlOf } from '../../message/url.js';

const HIDDEN = '***';

/** Shorter ones would turn ordinary words into stars. */
const LEAST_LENGTH = 4;

/** Where the secrets of a connection are. */
export interface SecretOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly oauth2?:
    | {
        readonly clientSecret?: string | undefined;
        readonly refreshToken?: string | undefined;
        readonly accessToken?: string | undefined;
      }
    | undefined;
  readonly proxy?: string | undefined;
}

/** What must not be shown. A server may quote it back at us, so every text that came from outside passes here. */
export class Secrets {
  readonly #values: readonly string[];

  constructor({ username, password, oauth2, proxy }: SecretOptions) {
    const plain = [
      password,
      oauth2?.clientSecret,
      oauth2?.refreshToken,
      oauth2?.accessToken,
      proxyPassword(proxy),
    ];
    const known = plain
      .filter((value) => value !== undefined)
      .filter((value) => value.length >= LEAST_LENGTH);
    const login = password === undefined ? [] : [`\0${username ?? ''}\0${password}`];
    this.#values = [...known, ...[...known, ...login].map((value) => Buffer.from(value).toString('base64'))];
  }

  conceal(text: string): string {
    return this.#values.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
  }
}

function proxyPassword(proxy: string | undefined): string | undefined {
  return proxy === undefined ? undefined : urlOf(proxy)?.password;
}
