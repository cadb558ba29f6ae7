import { Logger } from '@nestjs/common';
import { parsePattern, type RecipientPattern } from '../../deliver/approve/recipient-pattern.js';
import { checkKeys, type Place, readStrings } from '../../options/checks.js';
import { show } from '../../errors/config-report.js';
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

export interface ResolvedRelease {
  readonly allow: readonly RecipientPattern[];
  readonly transport: Transport | undefined;
}

/** Without options nobody is allowed. What is wrong with them is reported. */
export function resolveRelease(
  options: InboxReleaseOptions | undefined,
  { where, report }: Place,
): ResolvedRelease {
  if (options === undefined) return { allow: [], transport: undefined };
  checkKeys(options, ['allow', 'transport'], { where, report });
  const allow = readStrings(options.allow, { where: `${where}.allow`, report }) ?? [];
  const patterns = allow.flatMap((pattern) => {
    const parsed = parsePattern(pattern);
    if (parsed) return [parsed];
    report.add({
      where: `${where}.allow`,
      expected: 'addresses, or patterns such as *@example.com',
      found: show(pattern),
    });
    return [];
  });
  return {
    allow: patterns,
    transport: transportOf(options.transport, { where: `${where}.transport`, report }),
  };
}

function transportOf(url: string | undefined, { where, report }: Place): Transport | undefined {
  if (url === undefined) return undefined;
  if (typeof url === 'string' && /^smtps?:/i.test(url)) {
    const resources = { outbox: new MailOutbox(), logger: new Logger('MailInbox'), extensions: [] };
    return createTransport(url, resources, report, where);
  }
  report.add({ where, expected: 'an smtp:// or smtps:// URL', found: 'something else' });
  return undefined;
}
