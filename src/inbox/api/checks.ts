import { MAIL_CLIENTS } from '../../check/clients/mail-client.js';
import { boolean, integer, list, named, oneOf, record, string, type TypeOf } from './schema.js';

/** Fields that findings of mails and of templates share. */
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
  support: oneOf(['no', 'partial'], '`partial`: some of its programs support it, or only a part of it works'),
  reason: string(),
  where: string(),
});
export type ClientGapView = TypeOf<typeof clientGap>;

export const mailFindings = named(
  'MailFindings',
  record({ findings: list(plainFinding, 'Sorted by line of the html'), clients: list(clientGap) }),
);
export type MailFindings = TypeOf<typeof mailFindings>;

export const checkedLink = named(
  'CheckedLink',
  record({
    url: string(),
    ok: boolean('Whether the last response was 2xx'),
    'status?': integer('Status of the last response; absent without a response'),
    hops: list(record({ url: string(), status: integer() })),
    'error?': string('Why there was no last response'),
  }),
);
export type CheckedLink = TypeOf<typeof checkedLink>;
