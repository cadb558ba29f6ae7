import { smtpReply } from './messages.js';
import { boolean, integer, list, named, record, string, type TypeOf } from './schema.js';

const rejection = record({
  address: string(),
  code: string(),
  retryable: boolean(),
  'smtp?': smtpReply,
});

/** What the next hop answered to a mail that was released. */
export const receipt = named(
  'Receipt',
  record({
    messageId: string(),
    transport: string('Name of the transport that made the attempt'),
    accepted: list(string()),
    rejected: list(rejection),
    'response?': string('The final reply, as the next hop wrote it'),
    'providerId?': string("The next hop's own id for the mail"),
    durationMs: integer(),
  }),
);
export type ReleaseReceipt = TypeOf<typeof receipt>;
