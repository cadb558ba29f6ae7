import type { VNode } from 'preact';

import { ChaosPage } from './chaos/chaos-page.js';
import { GalleryPage } from './gallery/gallery-page.js';
import { useInbox } from './inbox.js';
import { MailsPage } from './mails/mails-page.js';
import { IconButton } from './parts/button.js';
import { QueuePage } from './queue/queue-page.js';
import { Shortcuts } from './shortcuts.js';
import { TopBar } from './top-bar.js';

export function App(): VNode {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <TopBar />
      <main id="main">
        <Page />
      </main>
      <NoticeLine />
      <Shortcuts />
    </>
  );
}

const PAGES = { mails: MailsPage, queue: QueuePage, gallery: GalleryPage, chaos: ChaosPage };

function Page(): VNode {
  const View = PAGES[useInbox().router.route.value.view];
  return <View />;
}

function NoticeLine(): VNode {
  const { notices } = useInbox();
  const notice = notices.current.value;
  return (
    <div class="notices" role="status">
      {notice === undefined ? null : (
        <div class={`notice ${notice.kind}`}>
          <span>{notice.text}</span>
          <IconButton icon="close" label="Close" onClick={() => notices.close()} />
        </div>
      )}
    </div>
  );
}
