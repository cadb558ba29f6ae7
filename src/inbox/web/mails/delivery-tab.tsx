import type { VNode } from 'preact';

import type { MessageView, TimelineEvent } from '../../api/messages.js';
import { ChaosForm } from '../chaos/chaos-form.js';
import { useInbox } from '../inbox.js';
import { StatusBadge } from '../parts/status-badge.js';
import { Coming, Moment } from '../parts/time.js';
import { hrefOf } from '../route.js';

/** Shows the timeline of a mail, and a form that makes the next one fail. */
export function DeliveryTab({ mail }: { readonly mail: MessageView }): VNode {
  const { status } = useInbox();
  const next = nextOf(mail);
  return (
    <div class="sheet">
      <h3>What happened</h3>
      <ol class="timeline">
        {mail.timeline.map((event, index) => (
          <TimelineItem key={index} event={event} waits={event === next} />
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

/** The event whose due time the mail waits for; a finished mail waits for none. */
function nextOf({ status, timeline }: MessageView): TimelineEvent | undefined {
  if (status !== 'queued' && status !== 'deferred') return undefined;
  return timeline.findLast(({ dueAt }) => dueAt !== undefined);
}

interface TimelineItemProps {
  readonly event: TimelineEvent;
  /** Whether the mail waits for the due time of this event. */
  readonly waits: boolean;
}

function TimelineItem({ event, waits }: TimelineItemProps): VNode {
  const { at, kind, text, dueAt, smtp, recipient } = event;
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
