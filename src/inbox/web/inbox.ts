import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { StatusView } from '../api/status.js';
import type { PreviewSettings } from './preview/preview-settings.js';
import type { Navigation } from './route.js';
import type { Live } from './state/live.js';
import type { Mailbox } from './state/mailbox.js';
import type { Notices } from './state/notices.js';

/** What every part of the page can reach. */
export interface Inbox {
  readonly navigation: Navigation;
  readonly mailbox: Mailbox;
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
