import { computed, effect } from '@preact/signals';
import { render } from 'preact';

import type { StatusView } from '../api/status.js';
import { findMessages, markUnread } from './api/inbox-api.js';
import { App } from './app.js';
import { InboxContext } from './inbox.js';
import { Problem } from './parts/empty.js';
import { PreviewSettings } from './preview/preview-settings.js';
import { Navigation, type Route } from './route.js';
import { showUnread } from './state/badge.js';
import { Live } from './state/live.js';
import { Mailbox } from './state/mailbox.js';
import { Notices } from './state/notices.js';

/** The search is over with the view it belongs to. */
const searchOf = ({ view, query }: Route): string => (view === 'mails' ? (query['q'] ?? '') : '');

/** What this inbox can do is part of the page: nothing has to be asked for before it is drawn. */
function statusOf(page: Document): StatusView {
  const json = page.querySelector<HTMLMetaElement>('meta[name=mail-inbox]')?.content ?? '';
  const status: unknown = JSON.parse(json);
  if (isStatus(status)) return status;
  throw new Error('The page does not say what its inbox is.');
}

function isStatus(value: unknown): value is StatusView {
  return typeof value === 'object' && value !== null && 'version' in value;
}

async function start(): Promise<void> {
  const status = statusOf(document);
  const navigation = new Navigation();
  const mailbox = new Mailbox({ find: findMessages, markUnread });
  const live = new Live(mailbox);
  const inbox = {
    navigation,
    mailbox,
    live,
    status,
    notices: new Notices(),
    preview: new PreviewSettings(),
  };
  navigation.start();
  const q = computed(() => searchOf(navigation.route.value));
  effect(() => void mailbox.search(q.value));
  effect(() => showUnread(mailbox.unread.value));
  render(
    <InboxContext.Provider value={inbox}>
      <App />
    </InboxContext.Provider>,
    document.body,
  );
  // For as long as the page is open.
  await live.follow(new AbortController().signal);
}

start().catch((error: unknown) => {
  const shown = error instanceof Error ? error : new Error('The inbox cannot start.');
  render(<Problem error={shown} onRetry={() => location.reload()} />, document.body);
});
