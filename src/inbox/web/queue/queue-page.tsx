import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import type { PauseView, QueuePage as Page } from '../../api/queue.js';
import { pauseQueue, readQueue, resumeQueue } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { Empty, Problem } from '../parts/empty.js';
import { Age } from '../parts/time.js';
import { hrefOf } from '../route.js';
import { useLoad } from '../state/use-load.js';
import { QueueTable } from './queue-table.js';

export function QueuePage(): VNode {
  const { live, router, status } = useInbox();
  const state = router.route.value.query['state'] ?? '';
  const before = useSignal<string | undefined>(undefined);
  const key = `${state} ${before.value ?? ''} ${live.news('queue').value}`;
  const { value: page, error, reload } = useLoad((signal) => readQueue(state, before.value, signal), key);
  if (!status.queue) return <NoQueue />;
  const show = (next: string): void => {
    before.value = undefined;
    router.go(hrefOf('queue', '', { state: next }), { replace: true });
  };
  return (
    <section class="page" aria-labelledby="queue">
      <header class="page-head">
        <h1 id="queue">Queue</h1>
        {page === undefined ? null : <PauseButton paused={page.paused} onDone={reload} />}
      </header>
      <Pauses pauses={page?.pauses ?? []} />
      {page === undefined ? null : <States page={page} current={state} onShow={show} />}
      {error === undefined ? null : <Problem error={error} onRetry={reload} />}
      {page === undefined ? null : <QueueTable mails={page.mails} onChanged={reload} />}
      {page?.next === undefined ? null : (
        <button type="button" class="button" onClick={() => (before.value = page.next)}>
          Older
        </button>
      )}
    </section>
  );
}

function NoQueue(): VNode {
  return (
    <section class="page">
      <Empty title="This application has no mail queue.">
        <p>
          Mails are sent at once. Give MailModule a <code>queue</code> to send them in the background.
        </p>
      </Empty>
    </section>
  );
}

interface PauseButtonProps {
  readonly paused: boolean;
  readonly onDone: () => void;
}

function PauseButton({ paused, onDone }: PauseButtonProps): VNode {
  const { notices } = useInbox();
  const toggle = async (): Promise<void> => {
    const work = paused ? resumeQueue() : pauseQueue();
    if (await notices.tell(work, paused ? 'The queue is resumed.' : 'The queue is paused.')) onDone();
  };
  return (
    <div class="actions">
      {paused ? <span class="status warn">paused</span> : null}
      <button type="button" class={paused ? 'button primary' : 'button'} onClick={() => void toggle()}>
        {paused ? 'Resume' : 'Pause'}
      </button>
    </div>
  );
}

interface StatesProps {
  readonly page: Page;
  readonly current: string;
  readonly onShow: (state: string) => void;
}

/** Shows the number of mails in each state; a click filters the list. */
function States({ page, current, onShow }: StatesProps): VNode {
  const { captured } = useInbox().status;
  const wordOf = (state: string): string => (state === 'sent' && captured ? 'captured' : state);
  const counts = Object.entries(page.stats.states).filter(([state, count]) => count > 0 || state === current);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <div class="filters" role="group" aria-label="State">
      {[['', all] as const, ...counts].map(([state, count]) => (
        <button
          key={state}
          type="button"
          class="filter"
          aria-pressed={state === current}
          onClick={() => onShow(state)}
        >
          {state === '' ? 'all' : wordOf(state)} <span class="count">{count}</span>
        </button>
      ))}
    </div>
  );
}

/** Explains why mails wait although the queue is not paused: a mail server is at fault, not the mails. */
function Pauses({ pauses }: { readonly pauses: readonly PauseView[] }): VNode | null {
  if (pauses.length === 0) return null;
  return (
    <ul class="banners" role="status">
      {pauses.map(({ mailer, reason, retryAt }) => (
        <li key={mailer} class="banner">
          <p>
            <strong>The mail server of "{mailer}" is at fault.</strong> {reason}
          </p>
          <p class="muted">
            Its mails wait, and no attempt is counted. Next try <Age at={retryAt} />.
          </p>
        </li>
      ))}
    </ul>
  );
}
