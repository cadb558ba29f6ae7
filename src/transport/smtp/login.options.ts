import type { OptionFields } from '../option-fields.js';
import type { ResolvedOAuth2, ResolvedSmtpOptions } from './smtp.options.js';

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

function readOAuth2(fields: OptionFields, username: string | undefined): ResolvedOAuth2 | undefined {
  const group = fields.group('oauth2');
  if (!group) return undefined;
  const names = ['user', 'clientId', 'clientSecret', 'refreshToken', 'accessToken', 'accessUrl'] as const;
  group.refuseUnknown(names);
  const text = (name: (typeof names)[number]) => group.text(name, { expected: 'a text', secret: true });
  const user = text('user') ?? username;
  if (user === undefined)
    group.refuse(
      'user',
      'the mailbox to log in as',
      'nothing',
      'Write `user`, or `username` beside `oauth2`',
    );
  if (!group.has('accessToken') && !group.has('refreshToken')) {
    group.refuse('refreshToken', 'a `refreshToken` or an `accessToken`', 'neither');
  }
  return {
    user: user ?? '',
    clientId: text('clientId'),
    clientSecret: text('clientSecret'),
    refreshToken: text('refreshToken'),
    accessToken: text('accessToken'),
    accessUrl: group.text('accessUrl', {
      expected: 'a http:// or https:// URL',
      pattern: /^https?:\/\/[^\s/]/i,
      secret: true,
    }),
  };
}
