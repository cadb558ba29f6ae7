import { smtpReply } from './messages.js';
import { boolean, integer, list, named, record, string, type TypeOf } from './schema.js';

const rejection = record({
  address: string(),
  code: string(),
  retryable: boolean(),
  'smtp?': smtpReply,
});

/** The answer of the next hop to a released mail. */
export const receipt = named(
  'Receipt',
  record({
    messageId: string(),
    transport: string('Transport that made the attempt'),
    accepted: list(string()),
    rejected: list(rejection),
    'response?': string('Final reply of the next hop, verbatim'),
    'providerId?': string('Id that the next hop gave the mail'),
    durationMs: integer(),
  }),
);
export type ReleaseReceipt = TypeOf<typeof receipt>;
