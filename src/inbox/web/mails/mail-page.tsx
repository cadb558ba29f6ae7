import { useSignalEffect } from '@preact/signals';
import type { RefObject, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { readMessage } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { Problem } from '../parts/empty.js';
import { useNarrow } from '../parts/use-narrow.js';
import { useLoad } from '../state/use-load.js';
import { MailHead } from './mail-head.js';
import { MailTabs } from './mail-tabs.js';

export function MailPage({ id }: { readonly id: string }): VNode {
  const { mailbox } = useInbox();
  const { value: mail, error, reload } = useLoad((signal) => readMessage(id, signal), id);
  useSignalEffect(() => {
    if (mailbox.lastChange.value.id === id) reload();
  });
  useReading(id);
  const section = useFocus();
  return (
    <section class="mail" aria-label="Mail" tabIndex={-1} ref={section}>
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

/** Marks a mail as read once it is shown in a visible window. */
function useReading(id: string): void {
  const { mailbox } = useInbox();
  useEffect(() => {
    const over = new AbortController();
    const read = (): void => {
      if (document.visibilityState === 'hidden') return;
      over.abort();
      const unread = mailbox.messages.peek().find((mail) => mail.id === id)?.unread ?? true;
      if (unread) mailbox.markUnread(id, false).catch(() => undefined);
    };
    document.addEventListener('visibilitychange', read, { signal: over.signal });
    read();
    return () => over.abort();
  }, [id]);
}

/** On a phone the mail replaces the list, so it must take the focus. */
function useFocus(): RefObject<HTMLElement | null> {
  const section = useRef<HTMLElement>(null);
  const narrow = useNarrow();
  useEffect(() => {
    if (narrow) section.current?.focus();
  }, [narrow]);
  return section;
}
