import { MailError } from '../../../src/errors/mail-error.js';
import { PROVIDERS } from '../../../src/transport/http/providers.js';
import { SpareKey } from '../../../src/transport/http/spare-key.js';
import { transportOf } from '../../support/provider-transport.js';

const KEY = 'SG.planted-key-0123456789';

test.each(PROVIDERS.map(({ example, regions }) => [example, Object.values(regions)[0] ?? '']))(
  '%s goes to %s',
  async (url, address) => {
    expect((await transportOf(url)).target).toBe(new URL(address).host);
  },
);

test.each([
  [`sendgrid://${KEY}@default?region=eu`, 'api.eu.sendgrid.com'],
  [`SENDGRID://${KEY}@default/`, 'api.sendgrid.com'],
  [`mailgun://${KEY}@default?domain=mg.example.test&region=eu`, 'api.eu.mailgun.net'],
  [`resend://${KEY}@default?endpoint=https%3A%2F%2Fproxy.example.test%2Fresend%2F`, 'proxy.example.test'],
  [`resend://${KEY}@default?endpoint=http://[::1]:8080`, '[::1]:8080'],
  [`resend://a%28b%29%40%2F%3A@default`, 'api.resend.com'],
  [`mailjet://${KEY}:a%2Fb@default?region=us`, 'api.us.mailjet.com'],
  [`mailjet://${KEY}%3Aa@default`, 'api.mailjet.com'],
  ['ses://eu-west-1', 'email.eu-west-1.amazonaws.com'],
  ['ses://eusc-de-east-1', 'email.eusc-de-east-1.amazonaws.com'],
  [
    'ses://AKIAPLANTED:a%2Fb%2Bc@us-gov-west-1?configurationSet=tracking',
    'email.us-gov-west-1.amazonaws.com',
  ],
])('%s goes to %s', async (url, host) => {
  expect((await transportOf(url)).target).toBe(host);
});

test.each([
  ['sendgrid://default', 'MAIL_API_KEY'],
  [`sendgrid://${KEY}@api.sendgrid.com`, 'sendgrid://SG.key@default'],
  [`sendgrid://${KEY}@default/path`, 'sendgrid://SG.key@default'],
  [`sendgrid://${KEY}@default:443`, 'sendgrid://SG.key@default'],
  [`sendgrid://${KEY}:secret@default`, 'sendgrid://SG.key@default'],
  [`sendgrid:${KEY}`, 'sendgrid://SG.key@default'],
  [`sendgrid://${KEY}@default?region=us`, 'a region among global, eu'],
  [`sendgrid://${KEY}@default?regoin=eu`, 'Did you mean "region"'],
  [`sendgrid://${KEY}@default?region=eu&region=eu`, 'the parameter region once'],
  [`sendgrid://${KEY}@default?region=`, 'a value of the parameter region'],
  [`sendgrid://${KEY}@default?sandbox=yes`, 'sandbox=true or sandbox=false'],
  [`sendgrid://${KEY}@default?endpoint=http://mail.example.test`, 'loopback'],
  [`sendgrid://${KEY}@default?endpoint=https://u:p@mail.example.test`, 'without login'],
  [`sendgrid://${KEY}@default?endpoint=https://x.test&region=eu`, 'either region or endpoint'],
  [`mailgun://${KEY}@default`, 'with domain'],
  [`postmark://${KEY}@default?sandbox=true`, 'has no sandbox'],
  [`resend://${KEY}@default?sandbox=true`, 'has no sandbox'],
  [`graph://${KEY}:a@default?tenant=t`, 'with user'],
  [`graph://${KEY}:a@default?user=u`, 'with tenant'],
  [`graph://${KEY}@default?tenant=t&user=u`, 'two parts'],
  [`graph://${KEY}:a@default?tenant=t&user=u&tokenUrl=http://x.test`, 'tokenUrl'],
  [`scaleway://${KEY}@default`, 'with project'],
  [`scaleway://${KEY}@default?project=a&sandbox=true`, 'has no sandbox'],
  [`mailjet://${KEY}@default`, 'two parts'],
  [`mailjet://${KEY}:@default`, 'two parts'],
  [`mailjet://:planted@default`, 'mailjet://KEY:SECRET@default'],
  ['ses://default', 'ses://eu-west-1'],
  ['ses://planted@eu-west-1', 'ses://eu-west-1'],
  ['ses://planted:s@eu-west-1/x', 'ses://eu-west-1'],
  ['ses://planted:s@eu-west-1?sandbox=true', 'URL parameters among configurationSet, endpoint'],
  ['ses://planted:s@eu-west-1?endpoint=http://x.test', 'loopback'],
  ['ses://planted:s@eu-west-1?configurationSet=a%20b', 'configurationSet'],
  [`resend://planted(b)@default`, 'percent-encoded'],
  [`resend://planted%20a@default`, 'printable ASCII'],
  [`resend://planted%0Aa@default`, 'printable ASCII'],
  [`resend://planted%zz@default`, 'printable ASCII'],
])('%s is refused, and says: %s', async (url, said) => {
  const error: unknown = await transportOf(url).catch((reason: unknown) => reason);
  if (!MailError.is(error)) throw new Error('expected a MailError', { cause: error });
  expect(error.code).toBe('config');
  expect(error.message).toContain(said);
  expect(error.message).not.toContain('planted');
});

test('a key from elsewhere completes a URL that has none', async () => {
  const spareKey = new SpareKey('other');
  await transportOf('sendgrid://default', { spareKey });
  await transportOf('sendgrid://KEY@default', { spareKey });
  expect(spareKey.taken).toBe(1);
});

test('a key of two parts comes from elsewhere as a whole', async () => {
  const made = transportOf('mailjet://default', { spareKey: new SpareKey('planted:secret') });
  expect((await made).target).toBe('api.mailjet.com');
  const half: unknown = await transportOf('mailjet://default', { spareKey: new SpareKey('planted') }).catch(
    (reason: unknown) => reason,
  );
  expect(String(half)).toContain('MAIL_API_KEY as well');
  expect(String(half)).not.toContain('planted');
});
