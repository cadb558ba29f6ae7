import { computed, effect } from '@preact/signals';
import { render } from 'preact';

import type { StatusView } from '../api/status.js';
import { isObject } from './api/client.js';
import { findMessages, markUnread } from './api/inbox-api.js';
import { App } from './app.js';
import { InboxContext } from './inbox.js';
import { Problem } from './parts/empty.js';
import { PreviewSettings } from './preview/preview-settings.js';
import { Router, type PageRoute } from './route.js';
import { Live } from './state/live.js';
import { MessageList } from './state/message-list.js';
import { Notices } from './state/notices.js';

/** The search of the mails view; other views have none. */
const searchOf = ({ view, query }: PageRoute): string => (view === 'mails' ? (query['q'] ?? '') : '');

/** Reads the status from the page itself, so that drawing needs no request. */
function statusOf(page: Document): StatusView {
  const json = page.querySelector<HTMLMetaElement>('meta[name=mail-inbox]')?.content ?? '';
  const status: unknown = JSON.parse(json);
  if (isStatus(status)) return status;
  throw new Error('The page contains no status of its inbox.');
}

function isStatus(value: unknown): value is StatusView {
  return isObject(value) && 'version' in value;
}

const ICON_SIZE = 32;
const ENVELOPE = `<rect x="2" y="6" width="28" height="20" rx="4" fill="#2456b3"/><path d="M5 10l11 8 11-8" fill="none" stroke="#fff" stroke-width="2.5"/>`;
const DOT = `<circle cx="25" cy="8" r="7" fill="#d92d20" stroke="#fff" stroke-width="2"/>`;

/** Shows the number of unread mails in the title, and a dot on the icon. */
function showUnread(unread: number): void {
  document.title = unread === 0 ? 'Mail' : `(${unread}) Mail`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${ICON_SIZE} ${ICON_SIZE}">${ENVELOPE}${unread === 0 ? '' : DOT}</svg>`;
  document
    .querySelector('link[rel=icon]')
    ?.setAttribute('href', `data:image/svg+xml,${encodeURIComponent(svg)}`);
}

async function start(): Promise<void> {
  const status = statusOf(document);
  const router = new Router();
  const mailbox = new MessageList({ find: findMessages, markUnread });
  const live = new Live(mailbox);
  const inbox = {
    router,
    mailbox,
    live,
    status,
    notices: new Notices(),
    preview: new PreviewSettings(),
  };
  router.start();
  const q = computed(() => searchOf(router.route.value));
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
