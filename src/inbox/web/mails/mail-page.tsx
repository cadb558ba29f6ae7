import { useSignalEffect } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';

import { readMessage } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { Problem } from '../parts/empty.js';
import { useLoad } from '../state/use-load.js';
import { MailHead } from './mail-head.js';
import { MailTabs } from './mail-tabs.js';

/** One mail with all that is known of it. */
export function MailPage({ id }: { readonly id: string }): VNode {
  const { mailbox } = useInbox();
  const { value: mail, error, reload } = useLoad((signal) => readMessage(id, signal), id);
  useSignalEffect(() => {
    if (mailbox.lastChange.value.id === id) reload();
  });
  useReading(id);
  return (
    <section class="mail" aria-label="Mail" tabIndex={-1}>
      {error === undefined ? null : <Problem error={error} />}
      {mail === undefined ? null : (
        <>
          <MailHead mail={mail} />
          <MailTabs key={mail.id} mail={mail} />
        </>
      )}
    </section>
  );
}

/** A mail counts as read once it is shown, and somebody could see it. */
function useReading(id: string): void {
  const { mailbox } = useInbox();
  useEffect(() => {
    const read = (): void => {
      const unread = mailbox.messages.peek().find((mail) => mail.id === id)?.unread ?? true;
      if (unread && document.visibilityState === 'visible')
        mailbox.markUnread(id, false).catch(() => undefined);
    };
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, [id]);
}
