import type { OptionFields } from '../option-fields.js';
import { readOAuth2 } from './oauth2/oauth2.options.js';
import type { ResolvedSmtpOptions } from './smtp.options.js';

type Login = Pick<ResolvedSmtpOptions, 'username' | 'password' | 'oauth2'>;

/** A password, a token, or neither. */
export function readLogin(fields: OptionFields): Login {
  const username = fields.text('username', { expected: 'a text without control characters' });
  const password = fields.text('password', { expected: 'a text without control characters', secret: true });
  const oauth2 = readOAuth2(fields, username);
  if (fields.has('oauth2')) {
    if (fields.has('password')) fields.refuse('password', 'no password beside `oauth2`', 'one (not shown)');
  } else if (fields.has('username') !== fields.has('password')) {
    const missing = fields.has('username') ? 'password' : 'username';
    fields.refuse(missing, 'both `username` and `password`, or neither', 'nothing');
  }
  return { username, password, oauth2 };
}
