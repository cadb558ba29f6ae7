import { Logger } from '@nestjs/common';
import { PATTERNS } from '../../deliver/approve/guard.options.js';
import { type At, type Reader, optional, or } from '../../reader/option.js';
import { Group, type Settings } from '../../reader/group.js';
import { MailOutbox } from '../../transport/memory/outbox.js';
import { createTransport } from '../../transport/transport-url.js';
import type { Transport } from '../../transport/transport.js';

export interface InboxReleaseOptions {
  /**
   * Addresses or patterns, as in the recipient guard: `ada@example.com`, `*@example.com`. The guard's own `allow`
   * and `redirectTo` do not apply to released mails.
   */
  readonly allow: readonly string[];
  /**
   * URL of a mail server, `smtp://user:password@host:587`, for mailers that capture their mails. Mails of other
   * mailers are released over their own transport.
   */
  readonly transport?: string | undefined;
}

/** Reads the URL of the server and creates its transport. */
const SERVER: Reader<Transport> = {
  expected: 'an smtp:// or smtps:// URL',
  read(value: unknown, at: At): Transport | undefined {
    if (typeof value !== 'string' || !/^smtps?:/i.test(value)) {
      return at.refuse(this.expected, 'something else');
    }
    const resources = { outbox: new MailOutbox(), logger: new Logger('MailInbox'), extensions: [] };
    return createTransport(value, resources, at.report, at.where);
  },
};

const ALLOW =
  'addresses that captured mails may be released to; the recipient guard does not apply to releases';
const TRANSPORT =
  '`smtp://` URL of the server for releases and samples; mailers with a real transport use their own';

export const RELEASE = new Group({
  allow: or(PATTERNS, [], ALLOW, 'nobody'),
  transport: optional(SERVER, TRANSPORT),
});

export type ResolvedRelease = Settings<typeof RELEASE>;
