import { CHAOS_FAULTS } from '../chaos/staged-fault.js';
import { MAIL_CLIENTS } from '../../check/clients/mail-client.js';
import { listOf, named, record, type Schema, text, whole, yesNo } from './operation.js';

const time: Schema = { type: 'string', description: 'ISO 8601' };
const severity: Schema = { type: 'string', enum: ['error', 'warning'] };

/** What the answers of the inbox's further services look like. */
export const SERVICE_SCHEMAS: Readonly<Record<string, Schema>> = {
  MailFindings: record({
    findings: listOf(record({ rule: text, severity, message: text, 'line?': whole })),
    clients: listOf(
      record({
        client: { type: 'string', enum: MAIL_CLIENTS },
        feature: text,
        support: { type: 'string', enum: ['no', 'partial'] },
        reason: text,
        where: text,
      }),
    ),
  }),
  CheckedLink: record({
    url: text,
    ok: yesNo,
    'status?': whole,
    hops: listOf(record({ url: text, status: whole })),
    'error?': text,
  }),
  Receipt: record({
    messageId: text,
    transport: text,
    accepted: listOf(text),
    rejected: listOf(record({ address: text, code: text, retryable: yesNo })),
    'response?': text,
    'providerId?': text,
    durationMs: whole,
  }),
  QueuePage: record({
    stats: record({ states: { type: 'object' }, 'oldestDueAt?': time }),
    mails: listOf(
      record({
        id: text,
        state: text,
        to: listOf(text),
        subject: text,
        'template?': text,
        mailer: text,
        attempts: { ...whole, description: 'How many were made' },
        dueAt: time,
        'error?': { ...text, description: 'Of the last attempt' },
        'captured?': { ...yesNo, description: 'It was kept here, and sent to nobody' },
      }),
    ),
    'next?': text,
    paused: yesNo,
    'pauses?': {
      ...listOf(record({ mailer: text, reason: text, retryAt: time })),
      description: 'Mailers of this process that wait for their mail server',
    },
  }),
  Template: record({
    name: text,
    locales: listOf(text),
    'subject?': { ...text, description: 'As written' },
    'layout?': text,
    hasText: yesNo,
    fastPath: record({ fast: yesNo, reasons: listOf(text) }),
    sample: { ...yesNo, description: 'Whether it has one' },
  }),
  TemplatePage: record({
    name: text,
    'locale?': text,
    'subject?': text,
    'html?': text,
    'text?': text,
    variables: listOf(record({ path: text, where: text, required: yesNo })),
    missing: listOf(record({ path: text, template: text, line: whole })),
    'sample?': { description: 'What it is rendered with' },
    findings: listOf(
      record({
        rule: text,
        severity,
        message: text,
        mend: text,
        file: text,
        'line?': whole,
        'column?': whole,
      }),
    ),
    'error?': record({ message: text, 'file?': text, 'line?': whole, 'column?': whole }),
  }),
  ChaosFault: { type: 'string', enum: CHAOS_FAULTS },
  ChaosRule: record({ id: text, 'template?': text, 'to?': text, fault: named('ChaosFault'), left: whole }),
};
