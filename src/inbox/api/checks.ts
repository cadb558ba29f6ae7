import { MAIL_CLIENTS } from '../../check/clients/mail-client.js';
import { boolean, integer, list, named, oneOf, record, string, type TypeOf } from './schema.js';

/** What every finding has, of a mail or of a template. */
export const finding = {
  rule: string(),
  severity: oneOf(['error', 'warning']),
  message: string(),
  'line?': integer('1-based'),
};
const plainFinding = record(finding);
export type FindingView = TypeOf<typeof plainFinding>;

const clientGap = record({
  client: oneOf(MAIL_CLIENTS),
  feature: string(),
  support: oneOf(['no', 'partial'], '`partial`: in some of its programs, or not all of it'),
  reason: string(),
  where: string(),
});
export type ClientGapView = TypeOf<typeof clientGap>;

export const mailFindings = named(
  'MailFindings',
  record({ findings: list(plainFinding, 'By line of the html'), clients: list(clientGap) }),
);
export type MailFindings = TypeOf<typeof mailFindings>;

export const checkedLink = named(
  'CheckedLink',
  record({
    url: string(),
    ok: boolean('The last answer was 2xx'),
    'status?': integer('Of the last answer; absent when there was none'),
    hops: list(record({ url: string(), status: integer() })),
    'error?': string('Why there was no last answer'),
  }),
);
export type CheckedLink = TypeOf<typeof checkedLink>;
