/** The login in front of the host of a URL, also in the middle of a text. */
const LOGIN = /(?<=\b[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/?#@"'<>]+(?:@[^\s/?#@"'<>]+)*(?=@)/gi;
const HIDDEN = '[hidden]';
const MAX_DEPTH = 8;
const MAX_TEXT = 2_000;
const MAX_ITEMS = 100;
/** Limit for the whole context: an object that is referenced many times is visited each time. */
const MAX_VALUES = 10_000;

/**
 * Turns a template's context into JSON that the page may show: hides values by their secret names, shortens
 * long and deep values, and survives getters that throw.
 */
export function redact(context: object): unknown {
  try {
    return new Redaction().redact(context, 0);
  } catch {
    return '[cannot be read]';
  }
}

class Redaction {
  #values = 0;

  redact(value: unknown, depth: number): unknown {
    this.#values += 1;
    if (typeof value === 'string') return shorten(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'function' || typeof value === 'symbol') return undefined;
    if (typeof value !== 'object' || value === null) return value;
    if (depth === MAX_DEPTH || this.#values > MAX_VALUES) return '[…]';
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) {
      return value.slice(0, MAX_ITEMS).map((item) => this.redact(item, depth + 1) ?? null);
    }
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, MAX_ITEMS)
        .map(([key, item]: [string, unknown]) => [
          key,
          isSecretName(key) ? HIDDEN : this.redact(item, depth + 1),
        ]),
    );
  }
}

/** Hides logins before shortening: half a login would no longer match. */
function shorten(text: string): string {
  const shown = text.replaceAll(LOGIN, HIDDEN);
  return shown.length > MAX_TEXT ? `${shown.slice(0, MAX_TEXT)}…` : shown;
}

/** Beginnings of words that end in `pass` and name no password: `compass`, `bypass`. */
const NOT_PASSWORD = 'com|by|over|under|sur|tres|kom';
/** Kinds of keys that grant access or sign, unlike the keys of a table or a keyboard. */
const KEYS =
  'access|account|admin|aes|api|app|application|auth|aws|azure|backup|bot|cipher|client|crypt|crypto|decryption|deploy|dkim|dsa|ecdsa|encryption|encrypt|gcp|gpg|hash|hmac|host|jwe|jwk|jwt|license|licence|mac|mailgun|master|merchant|openai|pass|pem|pgp|postmark|priv|private|recovery|root|rsa|sas|secret|security|seed|sendgrid|server|service|session|shared|sign|signature|signing|ssh|ssl|storage|stripe|symmetric|tls|totp|twilio|vapid|vpn|wallet|webhook|wifi|wpa';

/**
 * Matches names of secrets, given as lower-case words: `dbPassword2` is read as `db-password-2`, so `compass`,
 * `passenger` and `author` do not match. Codes and links are in the mail anyway and stay visible.
 */
const SECRET = new RegExp(
  [
    'passw(?:or)?[dt]|passwrd|passphrase|passcode|kennwort|wachtwoord|contrase[nñ]a|mot-?de-?passe',
    'authorization|cookie|credential|connection-?string',
    String.raw`(?<!\b(?:\w*(?:${NOT_PASSWORD})))pass\b|(?:pwd|pswd|pword)\b`,
    String.raw`\b(?:o?auth|jwt|bearer|psk|csrf|xsrf|senha)\b`,
    String.raw`(?:secret|token)s?\b`,
    String.raw`(?:${KEYS})-?keys?\b`,
    String.raw`\bsession$|sess(?:ion)?-?id$`,
  ].join('|'),
);

/** Splits `APIKey` into two words. */
const WORD = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu;
/** Splits `APIkey` after its capitals. */
const WORD_OF_CAPITALS = /\p{Lu}{2,}|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu;

/** Characters of a name that are examined; real names are shorter. */
const MAX_NAME = 200;

/** Whether a field is named like a password, a key or a login. */
function isSecretName(name: string): boolean {
  const read = name.slice(0, MAX_NAME);
  return [WORD, WORD_OF_CAPITALS].some((word) =>
    SECRET.test((read.match(word) ?? []).join('-').toLowerCase()),
  );
}
