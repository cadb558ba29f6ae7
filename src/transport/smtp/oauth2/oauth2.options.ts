import type { OptionFields } from '../../option-fields.js';
import { urlOf } from '../../../message/values/url.js';
import { readPrivateKey } from '../private-key.js';
import type { AccessTokenCallback, OAuth2Options, ResolvedOAuth2, TokenOrigin } from '../smtp.options.js';

type Name = keyof OAuth2Options;

/** What belongs to each way to a token besides `user`; the first name of a way gives it away. */
const WAYS = {
  accessToken: ['accessToken'],
  refreshToken: ['refreshToken', 'clientId', 'clientSecret', 'tenant', 'tokenUrl', 'accessUrl', 'scope'],
  serviceClient: ['serviceClient', 'privateKey', 'tokenUrl', 'scope'],
  clientId: ['clientId', 'clientSecret', 'tenant', 'tokenUrl', 'scope'],
} as const satisfies Partial<Record<Name, readonly Name[]>>;

type Way = keyof typeof WAYS;

const NAMES = ['user', ...new Set(Object.values(WAYS).flat())] as const;

/** Words of nodemailer and of key files, and ours. */
const SPELLINGS: Readonly<Record<string, string>> = {
  type: 'Leave it out',
  username: 'Write `user`',
  pass: 'Write `accessToken`, or how to get one',
  expires: 'Write `accessToken` as a function that gives `{ token, expiresAt }`',
  timeout: 'Write `accessToken` as a function that gives `{ token, expiresAt }`',
  provisionCallback: 'Write `accessToken` as a function that gives `{ token, expiresAt }`',
  tenantId: 'Write `tenant`',
  client_email: 'Write `serviceClient`',
  private_key: 'Write `privateKey`',
  client_id: 'Write `clientId`',
  client_secret: 'Write `clientSecret`',
  refresh_token: 'Write `refreshToken`',
};

const GOOGLE_TOKENS = 'https://oauth2.googleapis.com/token';
const GOOGLE_MAIL = 'https://mail.google.com/';
const MICROSOFT_MAIL = 'https://outlook.office365.com/.default';

/** @param username stands instead of `user` */
export function readOAuth2(fields: OptionFields, username: string | undefined): ResolvedOAuth2 | undefined {
  const group = fields.group('oauth2');
  if (!group) return undefined;
  group.refuseUnknown(NAMES, SPELLINGS);
  const user = secret(group, 'user') ?? username;
  if (user === undefined) {
    const mend = 'Write `user`, or `username` beside `oauth2`';
    group.refuse('user', 'the mailbox to log in as', 'nothing', mend);
  }
  const origin = readOrigin(group, user ?? '');
  return origin && { user: user ?? '', origin };
}

function readOrigin(group: OptionFields, user: string): TokenOrigin | undefined {
  const way = wayOf(group);
  if (way === undefined) return undefined;
  for (const name of NAMES) {
    if (name === 'user' || WAYS[way].some((own) => own === name) || !group.has(name)) continue;
    group.refuse(
      name,
      `nothing beside \`${way}\``,
      'a value (not shown)',
      'There is one way to a token: remove one of them',
    );
  }
  if (way === 'accessToken') return readAccessToken(group);
  if (way === 'refreshToken') return readRefreshToken(group);
  return way === 'serviceClient' ? readServiceAccount(group, user) : readClientCredentials(group);
}

function wayOf(group: OptionFields): Way | undefined {
  if (group.has('accessToken')) return 'accessToken';
  if (group.has('refreshToken')) return 'refreshToken';
  if (group.has('serviceClient') || group.has('privateKey')) return 'serviceClient';
  if (group.has('clientId') || group.has('clientSecret')) return 'clientId';
  return group.refuse(
    'refreshToken',
    '`accessToken`, `refreshToken`, `clientId` with `clientSecret`, or `serviceClient` with `privateKey`',
    'none of them',
  );
}

function readAccessToken(group: OptionFields): TokenOrigin | undefined {
  const given = group.get('accessToken');
  if (isCallback(given)) return { type: 'callback', call: given };
  const token = group.text('accessToken', {
    expected: 'a token, or a function that gives `{ token, expiresAt }`',
    secret: true,
  });
  return token === undefined ? undefined : { type: 'fixed', token };
}

function isCallback(value: unknown): value is AccessTokenCallback {
  return typeof value === 'function';
}

function readRefreshToken(group: OptionFields): TokenOrigin | undefined {
  const refreshToken = secret(group, 'refreshToken');
  const tokenUrl = readTokenUrl(group) ?? GOOGLE_TOKENS;
  const [clientId, clientSecret] = [secret(group, 'clientId'), secret(group, 'clientSecret')];
  const scope = secret(group, 'scope');
  return refreshToken === undefined
    ? undefined
    : { type: 'refresh-token', refreshToken, clientId, clientSecret, tokenUrl, scope };
}

function readClientCredentials(group: OptionFields): TokenOrigin | undefined {
  const clientId = required(group, 'clientId', 'the id of the client');
  const clientSecret = required(group, 'clientSecret', 'the secret of the client');
  const tokenUrl = readTokenUrl(group);
  if (!group.has('tenant') && !group.has('tokenUrl')) {
    group.refuse('tokenUrl', '`tenant` (Microsoft) or `tokenUrl`', 'neither');
  }
  const scope = secret(group, 'scope') ?? (group.has('tenant') ? MICROSOFT_MAIL : undefined);
  if (clientId === undefined || clientSecret === undefined || tokenUrl === undefined) return undefined;
  return { type: 'client-credentials', clientId, clientSecret, tokenUrl, scope };
}

function readServiceAccount(group: OptionFields, user: string): TokenOrigin | undefined {
  const serviceClient = required(group, 'serviceClient', "the service account's address");
  const privateKey = readPrivateKey(group, 'privateKey')?.key;
  const tokenUrl = readTokenUrl(group) ?? GOOGLE_TOKENS;
  const scope = secret(group, 'scope') ?? GOOGLE_MAIL;
  if (privateKey && privateKey.asymmetricKeyType !== 'rsa') {
    const found = `one for ${privateKey.asymmetricKeyType ?? 'something else'}`;
    return group.refuse('privateKey', 'an RSA key, as RS256 needs', found);
  }
  return serviceClient === undefined || !privateKey
    ? undefined
    : { type: 'service-account', serviceClient, privateKey, user, tokenUrl, scope };
}

/** The endpoint that is said, or that of the tenant. */
function readTokenUrl(group: OptionFields): string | undefined {
  const tenant = group.text('tenant', {
    expected: "the organisation's tenant id or domain",
    pattern: /^(?!(?:common|organizations|consumers)$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i,
    mend: 'An application logs in to one organisation: copy the tenant id from its overview page in Microsoft Entra',
  });
  const said = (['tenant', 'tokenUrl', 'accessUrl'] as const).filter((name) => group.has(name));
  for (const name of said.slice(1)) {
    group.refuse(name, 'the token endpoint in one place', `it beside \`${said[0]}\``, 'Remove one of them');
  }
  const url = endpoint(group, 'tokenUrl') ?? endpoint(group, 'accessUrl');
  return url ?? (tenant && `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`);
}

function endpoint(group: OptionFields, name: Name): string | undefined {
  const url = secret(group, name);
  if (url === undefined) return undefined;
  const { protocol = '', username, password } = urlOf(url) ?? {};
  if (/^https?:$/.test(protocol) && !username && !password) return url;
  return group.refuse(name, 'a http:// or https:// URL without a login in it', 'something else (not shown)');
}

function secret(group: OptionFields, name: Name): string | undefined {
  return group.text(name, { expected: 'a text without control characters', secret: true });
}

function required(group: OptionFields, name: Name, expected: string): string | undefined {
  return group.required(name, { expected, secret: true });
}
