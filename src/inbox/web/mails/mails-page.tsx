import type { VNode } from 'preact';

import { useInbox } from '../inbox.js';
import { Empty } from '../parts/empty.js';
import { useNarrow } from '../parts/use-narrow.js';
import { MailList } from './mail-list.js';
import { MailPage } from './mail-page.js';
import { useMailKeys } from './mail-keys.js';

/** Shows the list beside the open mail; on a phone only one of them. */
export function MailsPage(): VNode {
  const { router, mailbox } = useInbox();
  const narrow = useNarrow();
  const { name, query } = router.route.value;
  const q = query['q'] ?? '';
  // The newest mail is open until another one is chosen, except on a phone, where it would hide the list.
  const newest = narrow ? undefined : mailbox.messages.value[0]?.id;
  const openId = name === '' ? newest : name;
  useMailKeys(openId);
  return (
    <div class={name === '' ? 'mails' : 'mails chosen'}>
      <h1 class="hidden">Mails</h1>
      <MailList openId={openId} q={q} />
      {openId === undefined ? <Nothing /> : <MailPage id={openId} />}
    </div>
  );
}

function Nothing(): VNode {
  return (
    <section class="mail" aria-label="Mail">
      <Empty title="No mail is open." />
    </section>
  );
}
