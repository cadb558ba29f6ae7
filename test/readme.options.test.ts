import type {
  AttachmentOptions,
  GuardOptions,
  MailModuleOptions,
  OAuth2Options,
  QueueModuleOptions,
  QueueOutboxOptions,
  SmtpOptions,
  TemplateOptions,
  ThemeOptions,
} from 'nest-mailroom';
import { documentText } from './support/documents.js';
import { tableAfter } from './support/markdown.js';

/** Exhaustive: the compiler asks for every option. */
type Names<T> = Readonly<Record<keyof T, true>>;

const TEMPLATES: Names<TemplateOptions> = {
  dir: true,
  dirs: true,
  sources: true,
  helpers: true,
  readGetters: true,
  theme: true,
  defaultLocale: true,
  translator: true,
  inlineCss: true,
  watch: true,
};
const GUARD: Names<GuardOptions> = { allow: true, redirectTo: true };
const ATTACHMENTS: Names<AttachmentOptions> = { roots: true, asciiFilenames: true };
/** Those whose own options have a row each. */
const NESTED = { templates: TEMPLATES, guard: GUARD, attachments: ATTACHMENTS };
const MODULE: Names<Omit<MailModuleOptions, keyof typeof NESTED>> = {
  from: true,
  replyTo: true,
  transport: true,
  renderer: true,
  queue: true,
  mailers: true,
  interceptors: true,
  verify: true,
  maxRecipients: true,
  maxMessageSize: true,
  rateLimit: true,
  timeout: true,
  shutdownTimeout: true,
  ignoreVariables: true,
  suppressSend: true,
  use: true,
  isGlobal: true,
};
const THEME: Names<ThemeOptions> = {
  brand: true,
  colors: true,
  dark: true,
  fontFamily: true,
  radius: true,
  width: true,
};
const QUEUE: Names<QueueModuleOptions> = {
  driver: true,
  path: true,
  url: true,
  deliver: true,
  concurrency: true,
  onAmbiguous: true,
  retryDelays: true,
  domainLimits: true,
  maxBacklog: true,
  retention: true,
  failedRetention: true,
  encryptionKey: true,
  outbox: true,
};
const OUTBOX: Names<QueueOutboxOptions> = {
  dialect: true,
  execute: true,
  table: true,
  createTable: true,
  pollInterval: true,
};
const SMTP: Names<SmtpOptions> = {
  url: true,
  service: true,
  host: true,
  port: true,
  username: true,
  password: true,
  oauth2: true,
  tls: true,
  name: true,
  poolSize: true,
  maxMessages: true,
  connectTimeout: true,
  dkim: true,
  localAddress: true,
  proxy: true,
  debug: true,
};

const OAUTH2: Names<OAuth2Options> = {
  user: true,
  accessToken: true,
  clientId: true,
  clientSecret: true,
  refreshToken: true,
  serviceClient: true,
  privateKey: true,
  tenant: true,
  tokenUrl: true,
  accessUrl: true,
  scope: true,
};

const nestedNames = Object.entries(NESTED).flatMap(([name, own]) =>
  Object.keys(own).map((key) => `${name}.${key}`),
);

/** The options a table has a row for, sorted: `a.b`, `.c` are two of `a`. */
function optionsIn(markdown: string, marker: string): readonly string[] {
  return tableAfter(markdown, marker)
    .flatMap(([cell = '']) => {
      const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      const owner = names[0]?.split('.')[0] ?? '';
      return names.map((name) => (name.startsWith('.') ? owner + name : name));
    })
    .toSorted();
}

test.each([
  ['README.md', '<!-- options -->', [...Object.keys(MODULE), ...nestedNames]],
  ['docs/templates.md', '<!-- theme options -->', Object.keys(THEME)],
  ['docs/queueing.md', '<!-- queue options -->', Object.keys(QUEUE)],
  ['docs/queueing.md', '<!-- outbox options -->', Object.keys(OUTBOX)],
  ['docs/transports.md', '<!-- smtp options -->', Object.keys(SMTP)],
  ['docs/transports.md', '<!-- oauth2 options -->', Object.keys(OAUTH2)],
])('%s has each of its %s once', (path, marker, names) => {
  expect(optionsIn(documentText(path), marker)).toEqual(names.toSorted());
});

test('an option that is missing from its table, or there twice, is found out', () => {
  const table = '<!-- x -->\n\n| option |\n| --- |\n| `a.b`, `.c` |\n| `d` |\n| `d` |\n';
  expect(optionsIn(table, '<!-- x -->')).toEqual(['a.b', 'a.c', 'd', 'd']);
  const readme = documentText('README.md').replace(/^\| `timeout` .*\n/m, '');
  expect(optionsIn(readme, '<!-- options -->')).not.toContain('timeout');
});
