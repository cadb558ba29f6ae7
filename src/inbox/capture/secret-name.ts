/** Words that end as `dbpass` does, and name no password. */
const NO_PASSWORD = 'com|by|over|under|sur|tres|kom';
/** Names of keys that open or sign something, in contrast to keys of a table or a keyboard. */
const KEYS =
  'access|account|admin|aes|api|app|application|auth|aws|azure|backup|bot|cipher|client|crypt|crypto|decryption|deploy|dkim|dsa|ecdsa|encryption|encrypt|gcp|gpg|hash|hmac|host|jwe|jwk|jwt|license|licence|mac|mailgun|master|merchant|openai|pass|pem|pgp|postmark|priv|private|recovery|root|rsa|sas|secret|security|seed|sendgrid|server|service|session|shared|sign|signature|signing|ssh|ssl|storage|stripe|symmetric|tls|totp|twilio|vapid|vpn|wallet|webhook|wifi|wpa';

/**
 * Names of what nobody should read on a page, as words in small letters: `dbPassword2` is `db-password-2`, so
 * `compass`, `passenger` and `author` are none. A code or link is in the mail anyway, and stays.
 */
const SECRET = new RegExp(
  [
    'passw(?:or)?[dt]|passwrd|passphrase|passcode|kennwort|wachtwoord|contrase[nñ]a|mot-?de-?passe',
    'authorization|cookie|credential|connection-?string',
    String.raw`(?<!\b(?:\w*(?:${NO_PASSWORD})))pass\b|(?:pwd|pswd|pword)\b`,
    String.raw`\b(?:o?auth|jwt|bearer|psk|csrf|xsrf|senha)\b`,
    String.raw`(?:secret|token)s?\b`,
    String.raw`(?:${KEYS})-?keys?\b`,
    String.raw`\bsession$|sess(?:ion)?-?id$`,
  ].join('|'),
);

/** `APIKey` is two words. */
const WORD = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu;
/** So is `APIkey`, with all its capitals in one of them. */
const WORD_OF_CAPITALS = /\p{Lu}{2,}|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu;

/** Letters of a name that are looked at: nobody writes longer ones. */
const LONGEST = 200;

/** Whether a field is called like a password, a key or a login. */
export function isSecretName(name: string): boolean {
  const read = name.slice(0, LONGEST);
  return [WORD, WORD_OF_CAPITALS].some((word) =>
    SECRET.test((read.match(word) ?? []).join('-').toLowerCase()),
  );
}
