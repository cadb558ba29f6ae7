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
import type { InboxReleaseOptions, MailInboxOptions } from 'nest-mailroom/inbox';
import type { PACKAGE_SETTINGS, ProjectSettings } from '../../src/cli/project-settings.js';
import type { GUARD } from '../../src/deliver/approve/guard.options.js';
import type { INBOX } from '../../src/inbox/inbox.options.js';
import type { RELEASE } from '../../src/inbox/release/release.options.js';
import type { ATTACHMENTS } from '../../src/options/mailer-rows.js';
import type { MODULE } from '../../src/options/module.js';
import type { QUEUE } from '../../src/options/queue.js';
import type { TEMPLATES } from '../../src/options/templates.js';
import type { THEME } from '../../src/options/theme.js';
import { VARIABLE_NAMES, VARIABLES } from '../../src/options/variables.js';
import type { OUTBOX } from '../../src/queue/outbox/outbox.options.js';
import type { SPOOL, SpoolOptions } from '../../src/queue/spool/spool.options.js';
import type { OAUTH2 } from '../../src/transport/smtp/oauth2/oauth2.options.js';
import type { SMTP } from '../../src/transport/smtp/resolve-smtp-options.js';

interface Table {
  readonly options: object;
}

/** `true` where a table has a row for each option of a public interface and no other; else the names that differ. */
type Tied<Given, G extends Table, Apart extends string = never> =
  | Exclude<keyof Given, keyof G['options'] | Apart>
  | Exclude<keyof G['options'], keyof Given> extends infer Names
  ? [Names] extends [never]
    ? true
    : Names
  : never;

/** The compiler refuses any that is not tied. */
interface AllTied {
  readonly module: Tied<MailModuleOptions, typeof MODULE, 'isGlobal'>;
  readonly attachments: Tied<AttachmentOptions, typeof ATTACHMENTS>;
  readonly guard: Tied<GuardOptions, typeof GUARD>;
  readonly templates: Tied<TemplateOptions, typeof TEMPLATES>;
  readonly theme: Tied<ThemeOptions, typeof THEME>;
  readonly queue: Tied<QueueModuleOptions, typeof QUEUE>;
  readonly outbox: Tied<QueueOutboxOptions, typeof OUTBOX>;
  readonly spool: Tied<SpoolOptions, typeof SPOOL>;
  readonly smtp: Tied<SmtpOptions, typeof SMTP>;
  readonly oauth2: Tied<OAuth2Options, typeof OAUTH2>;
  readonly inbox: Tied<MailInboxOptions, typeof INBOX>;
  readonly release: Tied<InboxReleaseOptions, typeof RELEASE>;
  readonly project: Tied<ProjectSettings, typeof PACKAGE_SETTINGS, 'project'>;
}

const TIED: AllTied = {
  module: true,
  attachments: true,
  guard: true,
  templates: true,
  theme: true,
  queue: true,
  outbox: true,
  spool: true,
  smtp: true,
  oauth2: true,
  inbox: true,
  release: true,
  project: true,
};

test('each public interface has a table with a row for each of its options', () => {
  expect(new Set(Object.values(TIED))).toEqual(new Set([true]));
});

test('the variables of the tables are those of the public type', () => {
  expect(Object.keys(VARIABLES).toSorted()).toEqual(VARIABLE_NAMES.toSorted());
});
