import { show } from '../../../errors/show.js';
import { type At, type Kind, optional } from '../../../reader/option.js';
import { Group, isGroup, type Settings } from '../../../reader/group.js';
import { is, line } from '../../../reader/kinds.js';
import { urlOf } from '../../../message/values/url.js';
import { PRIVATE_KEY } from '../private-key.js';
import type { AccessTokenCallback, OAuth2Options, ResolvedOAuth2, TokenOrigin } from '../smtp.options.js';

/** The options of each way to a token besides `user`; the first one identifies the way. */
const WAYS = {
  accessToken: ['accessToken'],
  refreshToken: ['refreshToken', 'clientId', 'clientSecret', 'tenant', 'tokenUrl', 'accessUrl', 'scope'],
  serviceClient: ['serviceClient', 'privateKey', 'tokenUrl', 'scope'],
  clientId: ['clientId', 'clientSecret', 'tenant', 'tokenUrl', 'scope'],
} as const satisfies Partial<Record<keyof OAuth2Options, ReadonlyArray<keyof OAuth2Options>>>;

type Way = keyof typeof WAYS;

/** Names of nodemailer and of key files, and ours. */
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

const secret = (expected: string, matches?: (text: string) => boolean): Kind<string> =>
  line(expected, matches, { secret: true });

const TEXT = secret('a text without control characters');
const TOKEN = is('a token, or a function that gives `{ token, expiresAt }`', isToken, { secret: true });
const TENANT = line(
  "the organisation's tenant id or domain",
  (text) => /^(?!(?:common|organizations|consumers)$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(text),
  {
    fix: () =>
      'An application logs in to one organisation: copy the tenant id from its overview page in Microsoft Entra',
  },
);
const ENDPOINT = secret('a http:// or https:// URL without a login in it', (url) => {
  const { protocol = '', username, password } = urlOf(url) ?? {};
  return /^https?:$/.test(protocol) && !username && !password;
});

function isToken(value: unknown): value is string | AccessTokenCallback {
  return isCallback(value) || TEXT.parse(value) !== undefined;
}

function isCallback(value: unknown): value is AccessTokenCallback {
  return typeof value === 'function';
}

const CLIENT_ID = secret('the id of the client');
const CLIENT_SECRET = secret('the secret of the client');
const ACCOUNT = secret("the service account's address");
const SCOPE_DEFAULT = 'client credentials with `tenant`, and a service account: sending by SMTP';

export const OAUTH2 = new Group(
  {
    user: optional(TEXT, 'the mailbox to log in as', '`username`'),
    accessToken: optional(
      TOKEN,
      'a callback that gives `{ token, expiresAt }`, or a token that is never renewed',
    ),
    clientId: optional(CLIENT_ID, 'client credentials, when no `refreshToken` stands beside them'),
    clientSecret: optional(CLIENT_SECRET, 'stands beside `clientId`'),
    refreshToken: optional(TEXT, 'earns tokens; a client without a secret needs `clientId` alone'),
    serviceClient: optional(ACCOUNT, 'a Google service account: `client_email` of its key file'),
    privateKey: optional(PRIVATE_KEY, 'stands beside `serviceClient`: `private_key` of the key file'),
    tenant: optional(TENANT, 'a Microsoft organisation, whose token endpoint is used'),
    tokenUrl: optional(ENDPOINT, 'the token endpoint', "Google's; client credentials need it or `tenant`"),
    accessUrl: optional(ENDPOINT, 'the older name of `tokenUrl`'),
    scope: optional(TEXT, 'what the token is for', SCOPE_DEFAULT),
  },
  { moved: SPELLINGS, emptyIsUnset: true },
);

/** One way to a token as given, right or wrong. */
interface Said extends Settings<typeof OAUTH2> {
  readonly at: At;
  readonly has: (name: keyof OAuth2Options) => boolean;
}

/** @param username the default for `user` */
export function readOAuth2(value: unknown, username: string | undefined, at: At): ResolvedOAuth2 | undefined {
  if (!isGroup(value)) return at.refuse(OAUTH2.expected, show(value));
  OAUTH2.refuseUnknown(value, at);
  const has = (name: keyof OAuth2Options): boolean => OAUTH2.has(value, name);
  const way = wayOf(has, at);
  const own: readonly string[] = ['user', ...(way ? WAYS[way] : [])];
  refuseBeside(way, own, value, at);
  const fields = Object.entries(value).filter(([name]) => own.includes(name));
  const settings = OAUTH2.settings(Object.fromEntries<unknown>(fields), at);
  const user = settings.user ?? username;
  if (user === undefined) {
    at.field('user').refuse(
      'the mailbox to log in as',
      'nothing',
      'Write `user`, or `username` beside `oauth2`',
    );
  }
  const origin = way && ORIGINS[way]({ ...settings, user, at, has });
  return origin && { user: user ?? '', origin };
}

/** Refuses options of another way, which would do nothing. */
function refuseBeside(way: Way | undefined, own: readonly string[], value: object, at: At): void {
  if (way === undefined) return;
  for (const name of OAUTH2.names) {
    if (own.includes(name) || !OAUTH2.has(value, name)) continue;
    at.field(name).refuse(
      `nothing beside \`${way}\``,
      'a value (not shown)',
      'There is one way to a token: remove one of them',
    );
  }
}

function wayOf(has: Said['has'], at: At): Way | undefined {
  if (has('accessToken')) return 'accessToken';
  if (has('refreshToken')) return 'refreshToken';
  if (has('serviceClient') || has('privateKey')) return 'serviceClient';
  if (has('clientId') || has('clientSecret')) return 'clientId';
  return at
    .field('refreshToken')
    .refuse(
      '`accessToken`, `refreshToken`, `clientId` with `clientSecret`, or `serviceClient` with `privateKey`',
      'none of them',
    );
}

const ORIGINS: { readonly [W in Way]: (said: Said) => TokenOrigin | undefined } = {
  accessToken: ({ accessToken }) => {
    if (isCallback(accessToken)) return { type: 'callback', call: accessToken };
    return accessToken === undefined ? undefined : { type: 'fixed', token: accessToken };
  },
  refreshToken: (said) => {
    const { refreshToken, clientId, clientSecret, scope } = said;
    const tokenUrl = tokenUrlOf(said) ?? GOOGLE_TOKENS;
    if (refreshToken === undefined) return undefined;
    return { type: 'refresh-token', refreshToken, clientId, clientSecret, tokenUrl, scope };
  },
  serviceClient: (said) => {
    demand(said, ['serviceClient', 'privateKey']);
    const { serviceClient, privateKey: { key: privateKey } = {}, user = '', scope = GOOGLE_MAIL, at } = said;
    const tokenUrl = tokenUrlOf(said) ?? GOOGLE_TOKENS;
    if (privateKey && privateKey.asymmetricKeyType !== 'rsa') {
      const found = `one for ${privateKey.asymmetricKeyType ?? 'something else'}`;
      return at.field('privateKey').refuse('an RSA key, as RS256 needs', found);
    }
    if (serviceClient === undefined || !privateKey) return undefined;
    return { type: 'service-account', serviceClient, privateKey, user, tokenUrl, scope };
  },
  clientId: (said) => {
    demand(said, ['clientId', 'clientSecret']);
    const { clientId, clientSecret, has, at } = said;
    const tokenUrl = tokenUrlOf(said);
    if (!has('tenant') && !has('tokenUrl')) {
      at.field('tokenUrl').refuse('`tenant` (Microsoft) or `tokenUrl`', 'neither');
    }
    const scope = said.scope ?? (has('tenant') ? MICROSOFT_MAIL : undefined);
    if (clientId === undefined || clientSecret === undefined || tokenUrl === undefined) return undefined;
    return { type: 'client-credentials', clientId, clientSecret, tokenUrl, scope };
  },
};

function demand({ has, at }: Said, names: ReadonlyArray<keyof OAuth2Options>): void {
  for (const name of names) {
    if (!has(name)) at.field(name).refuse(OAUTH2.options[name].reader.expected, 'nothing');
  }
}

/** Returns the given endpoint, or that of the tenant. */
function tokenUrlOf({ tenant, tokenUrl, accessUrl, has, at }: Said): string | undefined {
  const [first, ...others] = (['tenant', 'tokenUrl', 'accessUrl'] as const).filter(has);
  for (const name of others) {
    at.field(name).refuse('the token endpoint in one place', `it beside \`${first}\``, 'Remove one of them');
  }
  const ofTenant = tenant && `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
  return tokenUrl ?? accessUrl ?? ofTenant;
}
