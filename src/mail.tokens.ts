/**
 * Injection tokens. `Symbol.for`: one process may load both builds of this package, and a token made
 * by one must be found by the other.
 */

/** The default mailer's transport. `overrideProvider(MAIL_TRANSPORT)` replaces it. */
export const MAIL_TRANSPORT: symbol = Symbol.for('nest-mailroom:transport');

/** The module's `Mailroom`, for entry points that look it up in the container. */
export const MAILROOM = Symbol.for('nest-mailroom:mailroom');

export const DEFAULT_MAILER = 'default';

/** Token of a named mailer's transport; the default mailer's is `MAIL_TRANSPORT`. */
export function getTransportToken(mailer: string = DEFAULT_MAILER): symbol {
  return mailer === DEFAULT_MAILER ? MAIL_TRANSPORT : Symbol.for(`nest-mailroom:transport:${mailer}`);
}
