import type { Mail, Mailable } from '../message/mail.js';
import { isObject } from '../message/values/fields.js';
import { invalid } from '../message/values/refusal.js';
import { show } from '../errors/config-report.js';

/**
 * The mail itself, asked of a `Mailable` or taken as it is. What `toMail` throws is thrown on.
 * @throws {MailError} `message-invalid` for anything that is no object
 */
export async function resolveMailable(mail: Mail | Mailable): Promise<Mail> {
  const given: unknown = mail;
  if (!isObject(given)) throw invalid({ field: 'mail', expected: EXPECTED, found: show(given) });
  if (!isMailable(mail)) return mail;
  const made = await mail.toMail();
  const found: unknown = made;
  if (isObject(found)) return made;
  throw invalid({ field: 'toMail()', expected: 'a mail to be returned', found: show(found) });
}

const EXPECTED = 'a mail such as { to, subject, text }, or an object with toMail()';

function isMailable(mail: Mail | Mailable): mail is Mailable {
  return 'toMail' in mail && typeof mail.toMail === 'function';
}
