import { Logger } from '@nestjs/common';
import { PATTERNS } from '../../deliver/approve/guard.options.js';
import { type At, type Reader, optional, or } from '../../reader/option.js';
import { Group, type Settings } from '../../reader/group.js';
import { MailOutbox } from '../../transport/memory/outbox.js';
import { createTransport } from '../../transport/transport-url.js';
import type { Transport } from '../../transport/transport.js';

export interface InboxReleaseOptions {
  /**
   * Addresses, or patterns as in the recipient guard: `ada@example.com`, `*@example.com`. A list of its own: the
   * guard's `allow` and `redirectTo` do not apply to what is released.
   */
  readonly allow: readonly string[];
  /**
   * URL of a mail server, `smtp://user:password@host:587`, for the mails of mailers that capture theirs
   * instead of sending them. Mails of other mailers are released over their own transport.
   */
  readonly transport?: string | undefined;
}

/** The server that takes captured mails; made when its URL is read. */
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
  'who captured mails may be released to; the recipient guard does not apply to what a person releases';
const TRANSPORT =
  '`smtp://` URL of the server that takes them, and samples of templates; mailers that really send take their own';

/** Without options nobody is allowed. */
export const RELEASE = new Group({
  allow: or(PATTERNS, [], ALLOW, 'nobody'),
  transport: optional(SERVER, TRANSPORT),
});

export type ResolvedRelease = Settings<typeof RELEASE>;
