import { useEffect } from 'preact/hooks';

import { deleteMessage } from '../api/inbox-api.js';
import { type Inbox, useInbox } from '../inbox.js';
import { hrefOf } from '../route.js';

/** Opens the mail `by` rows further down. */
function step(inbox: Inbox, openId: string | undefined, by: number): void {
  const { mailbox, router } = inbox;
  const mails = mailbox.messages.value;
  const next = mails[mails.findIndex(({ id }) => id === openId) + by];
  const { query } = router.route.value;
  if (next !== undefined) router.go(hrefOf('mails', next.id, query), { replace: true });
}

function toggleUnread({ mailbox, notices }: Inbox, openId: string): void {
  const mail = mailbox.messages.value.find(({ id }) => id === openId);
  const unread = mail?.unread === false;
  void notices.tell(mailbox.markUnread(openId, unread), unread ? 'Marked as unread.' : 'Marked as read.');
}

/** Deletes a mail and opens its neighbour. */
export async function removeMail(inbox: Inbox, id: string): Promise<void> {
  const { mailbox, router, notices } = inbox;
  const mails = mailbox.messages.value;
  const at = mails.findIndex((mail) => mail.id === id);
  const neighbour = at < 0 ? undefined : (mails[at + 1] ?? mails[at - 1]);
  if (!(await notices.tell(deleteMessage(id), 'Mail deleted.'))) return;
  const { name, query } = router.route.value;
  if (name !== '') router.go(hrefOf('mails', neighbour?.id, query), { replace: true });
  mailbox.removed([id]);
}

const MOVES = new Set(['j', 'k']);

function keysOf(inbox: Inbox, openId: string | undefined): Readonly<Record<string, () => void>> {
  const moves = { j: () => step(inbox, openId, 1), k: () => step(inbox, openId, -1) };
  if (openId === undefined) return moves;
  return {
    ...moves,
    e: () => toggleUnread(inbox, openId),
    Delete: () => void removeMail(inbox, openId),
  };
}

/** Handles j and k (next and previous mail), e (mark unread or read) and Delete. */
export function useMailKeys(openId: string | undefined): void {
  const inbox = useInbox();
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      // A held key may scroll through the list, but must not delete one mail after the other.
      if (event.repeat && !MOVES.has(event.key)) return;
      keysOf(inbox, openId)[event.key]?.();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [openId]);
}

/** Whether keys belong to a text field or a dialog. */
export function isTyping({ target }: Event): boolean {
  return (
    target instanceof Element && target.closest('input:not([type=radio]), textarea, select, dialog') !== null
  );
}
