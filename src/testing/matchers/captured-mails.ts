import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import type { MailOutbox } from '../../transport/memory/outbox.js';

/** A `MailOutbox` or a recording of it. */
export type CapturedMails = Pick<MailOutbox, 'messages' | 'queued'>;

/**
 * Checks the argument of `expect()` by its shape: it may come from the package's other build.
 * @throws {MailError} `config` when it is no outbox
 */
export function capturedMails(received: unknown): CapturedMails {
  if (isCapturedMails(received)) return received;
  throw new MailError(
    'config',
    `Mail matchers: expected a MailOutbox, as app.get(MailOutbox) gives, got ${show(received)}.`,
  );
}

function isCapturedMails(value: unknown): value is CapturedMails {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(Reflect.get(value, 'messages')) && Array.isArray(Reflect.get(value, 'queued'));
}
