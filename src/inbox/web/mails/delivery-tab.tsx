import type { VNode } from 'preact';

import type { MessageView, TimelineEntry } from '../../api/messages.js';
import { ChaosForm } from '../chaos/chaos-form.js';
import { useInbox } from '../inbox.js';
import { StatusBadge } from '../parts/status-badge.js';
import { Coming, Moment } from '../parts/time.js';
import { hrefOf } from '../route.js';

/** What happened to the mail, and a way to see what happens when it goes wrong. */
export function DeliveryTab({ mail }: { readonly mail: MessageView }): VNode {
  const { status } = useInbox();
  const next = nextOf(mail);
  return (
    <div class="sheet">
      <h3>What happened</h3>
      <ol class="timeline">
        {mail.timeline.map((entry, index) => (
          <Entry key={index} entry={entry} waits={entry === next} />
        ))}
      </ol>
      {mail.queueId === undefined || !status.queue ? null : (
        <p>
          <a data-view="" href={hrefOf('queue')}>
            See it in the queue
          </a>
        </p>
      )}
      <h3>What if the next one fails?</h3>
      <ChaosForm key={mail.id} template={mail.template} to={mail.envelope.to[0]} />
    </div>
  );
}

/** What the mail waits for. A due time means nothing for a finished mail. */
function nextOf({ status, timeline }: MessageView): TimelineEntry | undefined {
  if (status !== 'queued' && status !== 'deferred') return undefined;
  return timeline.findLast(({ dueAt }) => dueAt !== undefined);
}

interface EntryProps {
  readonly entry: TimelineEntry;
  /** Whether the mail waits for the time it tells. */
  readonly waits: boolean;
}

function Entry({ entry, waits }: EntryProps): VNode {
  const { at, kind, text, dueAt, smtp, recipient } = entry;
  return (
    <li>
      <div class="timeline-head">
        <StatusBadge status={kind} />
        <span class="muted">
          <Moment at={at} />
        </span>
      </div>
      <p>
        {recipient === undefined ? '' : `${recipient}: `}
        {text}
      </p>
      {waits && dueAt !== undefined ? (
        <Coming what={kind === 'queued' ? 'To be sent' : 'Next try'} at={dueAt} />
      ) : null}
      {smtp === undefined ? null : (
        <pre class="reply">
          {smtp.command === undefined ? '' : `> ${smtp.command}\n`}
          {[smtp.code, smtp.enhanced, smtp.text].filter(Boolean).join(' ')}
        </pre>
      )}
    </li>
  );
}
