import type { VNode } from 'preact';

import { useInbox } from './inbox.js';
import { Icon, type IconName } from './parts/icon.js';
import { hrefOf, type View } from './route.js';
import { shortcutsShown } from './shortcuts.js';

interface ViewLink {
  readonly view: View;
  readonly label: string;
  readonly icon: IconName;
}
const MAILS: ViewLink = { view: 'mails', label: 'Mails', icon: 'mail' };
const QUEUE: ViewLink = { view: 'queue', label: 'Queue', icon: 'queue' };
const GALLERY: ViewLink = { view: 'gallery', label: 'Templates', icon: 'template' };
const CHAOS: ViewLink = { view: 'chaos', label: 'Chaos', icon: 'chaos' };

export function TopBar(): VNode {
  const { status } = useInbox();
  const places = [MAILS, ...(status.queue ? [QUEUE] : []), ...(status.gallery ? [GALLERY] : []), CHAOS];
  return (
    <header class="bar">
      <nav aria-label="Views">
        {places.map((place) => (
          <ViewLinkItem key={place.view} place={place} />
        ))}
      </nav>
      <div class="bar-end">
        <LiveState />
        <button
          type="button"
          class="icon-button"
          title="Keyboard shortcuts (?)"
          aria-label="Keyboard shortcuts"
          onClick={() => (shortcutsShown.value = true)}
        >
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
}

function ViewLinkItem({ place: { view, label, icon } }: { readonly place: ViewLink }): VNode {
  const { mailbox, router } = useInbox();
  const current = router.route.value.view === view;
  const unread = view === 'mails' ? mailbox.unread.value : 0;
  return (
    <a class="place" href={hrefOf(view)} data-view="" aria-current={current ? 'page' : undefined}>
      <Icon name={icon} />
      <span>{label}</span>
      {unread === 0 ? null : (
        <span class="count">
          {unread}
          <span class="hidden"> unread</span>
        </span>
      )}
    </a>
  );
}

/** Shows whether live updates arrive, and the environment of the application. */
function LiveState(): VNode {
  const { live, status } = useInbox();
  const isLive = live.state.value !== 'waiting';
  return (
    <span
      class={isLive ? 'status good' : 'status warn'}
      role="status"
      title={`nest-mailroom ${status.version}`}
    >
      {isLive ? status.environment : 'reconnecting'}
    </span>
  );
}
