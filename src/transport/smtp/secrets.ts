import type { ResolvedSmtpOptions } from './smtp.options.js';

const HIDDEN = '***';

/** Shorter ones would turn ordinary words into stars. */
const LEAST_LENGTH = 4;

/** What must not be shown. A server may quote it back at us, so every text that came from outside passes here. */
export class Secrets {
  readonly #values: readonly string[];

  constructor({ username, password, oauth2, proxy }: ResolvedSmtpOptions) {
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
  return proxy === undefined ? undefined : new URL(proxy).password;
}
