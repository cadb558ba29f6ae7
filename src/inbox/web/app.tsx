import type { VNode } from 'preact';

import { ChaosPage } from './chaos/chaos-page.js';
import { GalleryPage } from './gallery/gallery-page.js';
import { useInbox } from './inbox.js';
import { MailsPage } from './mails/mails-page.js';
import { NoticeLine } from './parts/notice-line.js';
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
  const View = PAGES[useInbox().navigation.route.value.view];
  return <View />;
}
