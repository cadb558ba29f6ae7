import type { VNode } from 'preact';

import { ApiError } from '../api/client.js';
import { deleteMessages } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { ConfirmButton } from '../parts/button.js';
import { Empty, Problem } from '../parts/empty.js';
import { VirtualList } from '../parts/virtual-list.js';
import { hrefOf } from '../route.js';
import { MailRow } from './mail-row.js';
import { SearchBox } from './search-box.js';

/** Pixels; `.row` of the style sheet has the same height. */
const ROW_HEIGHT = 60;

interface MailListProps {
  readonly openId: string | undefined;
  readonly q: string;
}

export function MailList({ openId, q }: MailListProps): VNode {
  const { router } = useInbox();
  const { route } = router;
  const search = (text: string): void =>
    router.go(hrefOf('mails', route.value.name, { ...route.value.query, q: text }), { replace: true });
  return (
    <section class="list" aria-label="Mails">
      <SearchBox value={q} onSearch={search} />
      <Rows openId={openId} q={q} />
      <Counts />
    </section>
  );
}

function Rows({ openId, q }: MailListProps): VNode {
  const { mailbox, router } = useInbox();
  const mails = mailbox.messages.value;
  const { query } = router.route.value;
  if (mails.length === 0) return <NoMails q={q} />;
  return (
    <VirtualList
      label="Mails, newest first"
      items={mails}
      keyOf={({ id }) => id}
      rowHeight={ROW_HEIGHT}
      chosen={router.route.value.name}
      total={mailbox.total.value}
      onNearEnd={() => void mailbox.more()}
      row={(mail) => (
        <MailRow mail={mail} href={hrefOf('mails', mail.id, query)} current={mail.id === openId} />
      )}
    />
  );
}

function NoMails({ q }: { readonly q: string }): VNode {
  const { mailbox, status } = useInbox();
  if (mailbox.state.value === 'loading') return <div class="empty" aria-busy="true" />;
  if (mailbox.state.value === 'failed') return <NotRead q={q} />;
  if (q !== '') return <Empty title="No mail matches.">Search terms must all match.</Empty>;
  return (
    <Empty title="No mails yet.">
      <p>Mails of the application appear here as soon as they are sent.</p>
      {status.smtp === undefined ? null : (
        <p>
          Other programs can send to it by SMTP: <code>localhost:{status.smtp.port}</code>
        </p>
      )}
    </Empty>
  );
}

/** Offers no retry for an invalid search. */
function NotRead({ q }: { readonly q: string }): VNode {
  const { mailbox } = useInbox();
  const error = mailbox.problem.value ?? new Error('The mails cannot be read.');
  if (error instanceof ApiError && error.status === 400) return <Problem error={error} />;
  return <Problem error={error} onRetry={() => void mailbox.search(q)} />;
}

function Counts(): VNode | null {
  const { mailbox, notices } = useInbox();
  const { total, unread } = mailbox;
  if (total.value === 0) return null;
  return (
    <footer class="list-foot">
      <span>
        {total.value} {total.value === 1 ? 'mail' : 'mails'}
        {unread.value === 0 ? '' : `, ${unread.value} unread`}
      </span>
      <ConfirmButton
        confirm="Delete every mail?"
        onConfirm={() => void notices.tell(deleteMessages(), 'All mails deleted.')}
      >
        Delete all
      </ConfirmButton>
    </footer>
  );
}
