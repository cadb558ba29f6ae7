import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { StatusView } from '../api/status.js';
import type { PreviewSettings } from './preview/preview-settings.js';
import type { Router } from './route.js';
import type { Live } from './state/live.js';
import type { MessageList } from './state/message-list.js';
import type { Notices } from './state/notices.js';

/** The shared state of the page. */
export interface Inbox {
  readonly router: Router;
  readonly mailbox: MessageList;
  readonly live: Live;
  readonly notices: Notices;
  readonly preview: PreviewSettings;
  readonly status: StatusView;
}

export const InboxContext = createContext<Inbox | undefined>(undefined);

export function useInbox(): Inbox {
  const inbox = useContext(InboxContext);
  if (inbox === undefined) throw new Error('Rendered outside of InboxContext.');
  return inbox;
}
