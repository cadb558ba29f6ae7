import type { ProviderFake } from './fake/provider-fake.js';
import type { Provider } from './provider.js';

export type UrlParameter =
  'region' | 'domain' | 'stream' | 'project' | 'tenant' | 'user' | 'tokenUrl' | 'sandbox' | 'endpoint';

/** A provider that a URL alone selects. */
export interface ProviderRow {
  /** The scheme of its URLs, the key of its options on a mail, and the transport's name. */
  readonly name: string;
  /** Its name as its makers write it. */
  readonly title: string;
  /** Address by region; the first is the default. */
  readonly regions: Readonly<Record<string, string>>;
  readonly parameters: readonly UrlParameter[];
  readonly required?: readonly UrlParameter[];
  /** True if its key has two parts: the user and the password of its URLs. @default false */
  readonly hasSecret?: boolean;
  /** Example for the docs and for errors. */
  readonly example: string;
  readonly load: () => Promise<Provider>;
  /** The fake of its server for tests. */
  readonly loadFake: () => Promise<ProviderFake>;
}

/** One row for each provider; everything else of it is in its own folder. */
export const PROVIDERS: readonly ProviderRow[] = [
  {
    name: 'sendgrid',
    title: 'SendGrid',
    regions: { global: 'https://api.sendgrid.com', eu: 'https://api.eu.sendgrid.com' },
    parameters: ['region', 'sandbox', 'endpoint'],
    example: 'sendgrid://SG.key@default',
    load: async () => (await import('../sendgrid/sendgrid.js')).sendgrid,
    loadFake: async () => (await import('../sendgrid/sendgrid.fake.js')).fake,
  },
  {
    name: 'mailgun',
    title: 'Mailgun',
    regions: { us: 'https://api.mailgun.net', eu: 'https://api.eu.mailgun.net' },
    parameters: ['domain', 'region', 'sandbox', 'endpoint'],
    required: ['domain'],
    example: 'mailgun://KEY@default?domain=mg.example.test',
    load: async () => (await import('../mailgun/mailgun.js')).mailgun,
    loadFake: async () => (await import('../mailgun/mailgun.fake.js')).fake,
  },
  {
    name: 'postmark',
    title: 'Postmark',
    regions: { global: 'https://api.postmarkapp.com' },
    parameters: ['stream', 'endpoint'],
    example: 'postmark://TOKEN@default?stream=outbound',
    load: async () => (await import('../postmark/postmark.js')).postmark,
    loadFake: async () => (await import('../postmark/postmark.fake.js')).fake,
  },
  {
    name: 'resend',
    title: 'Resend',
    regions: { global: 'https://api.resend.com' },
    parameters: ['endpoint'],
    example: 'resend://re_key@default',
    load: async () => (await import('../resend/resend.js')).resend,
    loadFake: async () => (await import('../resend/resend.fake.js')).fake,
  },
  {
    name: 'brevo',
    title: 'Brevo',
    regions: { global: 'https://api.brevo.com' },
    parameters: ['endpoint'],
    example: 'brevo://xkeysib-key@default',
    load: async () => (await import('../brevo/brevo.js')).brevo,
    loadFake: async () => (await import('../brevo/brevo.fake.js')).fake,
  },
  {
    name: 'mailjet',
    title: 'Mailjet',
    regions: { global: 'https://api.mailjet.com', us: 'https://api.us.mailjet.com' },
    parameters: ['region', 'sandbox', 'endpoint'],
    hasSecret: true,
    example: 'mailjet://KEY:SECRET@default',
    load: async () => (await import('../mailjet/mailjet.js')).mailjet,
    loadFake: async () => (await import('../mailjet/mailjet.fake.js')).fake,
  },
  {
    name: 'mailersend',
    title: 'MailerSend',
    regions: { global: 'https://api.mailersend.com' },
    parameters: ['endpoint'],
    example: 'mailersend://mlsn.key@default',
    load: async () => (await import('../mailersend/mailersend.js')).mailersend,
    loadFake: async () => (await import('../mailersend/mailersend.fake.js')).fake,
  },
  {
    name: 'scaleway',
    title: 'Scaleway',
    regions: { 'fr-par': 'https://api.scaleway.com' },
    parameters: ['project', 'endpoint'],
    required: ['project'],
    example: 'scaleway://SECRET_KEY@default?project=PROJECT_ID',
    load: async () => (await import('../scaleway/scaleway.js')).scaleway,
    loadFake: async () => (await import('../scaleway/scaleway.fake.js')).fake,
  },
  {
    name: 'graph',
    title: 'Microsoft Graph',
    regions: { global: 'https://graph.microsoft.com' },
    parameters: ['tenant', 'user', 'tokenUrl', 'endpoint'],
    required: ['tenant', 'user'],
    hasSecret: true,
    example: 'graph://CLIENT_ID:SECRET@default?tenant=TENANT&user=app@example.test',
    load: async () => (await import('../graph/graph.js')).graph,
    loadFake: async () => (await import('../graph/graph.fake.js')).fake,
  },
];
