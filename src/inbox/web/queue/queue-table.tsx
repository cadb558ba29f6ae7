import type { VNode } from 'preact';

import type { QueuedMailView } from '../../api/queue.js';
import { cancelQueued, retryQueued } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { ConfirmButton } from '../parts/button.js';
import { Empty } from '../parts/empty.js';
import { StatusBadge } from '../parts/status-badge.js';
import { Age } from '../parts/time.js';

/** Labels of the retry button, by the states that allow a retry. */
const AGAIN = new Map([
  ['waiting', 'Try now'],
  ['dead', 'Retry'],
  ['ambiguous', 'Retry'],
  ['expired', 'Retry'],
]);
const CANCELLABLE = new Set(['waiting', 'ambiguous']);

interface QueueTableProps {
  readonly mails: readonly QueuedMailView[];
  readonly onChanged: () => void;
}

export function QueueTable({ mails, onChanged }: QueueTableProps): VNode {
  if (mails.length === 0) return <Empty title="Nothing is queued." />;
  return (
    <table class="grid">
      <thead>
        <tr>
          <th scope="col">Mail</th>
          <th scope="col">State</th>
          <th scope="col">Attempts</th>
          <th scope="col">Due</th>
          <th scope="col">
            <span class="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {mails.map((mail) => (
          <Row key={mail.id} mail={mail} onChanged={onChanged} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly mail: QueuedMailView;
  readonly onChanged: () => void;
}

function Row({ mail, onChanged }: RowProps): VNode {
  const { id, subject, to, template, mailer, state, attempts, dueAt, error, transport, captured } = mail;
  return (
    <tr>
      <td>
        <strong>{subject === '' ? '(no subject)' : subject}</strong>
        <p class="muted">
          {to.join(', ')}
          {template === undefined ? '' : `, ${template}`}
          {mailer === 'default' ? '' : `, via ${mailer}`}
          {transport === undefined ? '' : `, by ${transport}`}
        </p>
        {error === undefined ? null : <p class="why">{error}</p>}
      </td>
      <td>
        <StatusBadge status={captured === true ? 'captured' : state} />
      </td>
      <td data-label="Attempts">{attempts}</td>
      <td data-label="Due">{state === 'waiting' ? <Age at={dueAt} /> : null}</td>
      <td class="tool">
        <Tools id={id} state={state} onChanged={onChanged} />
      </td>
    </tr>
  );
}

interface ToolsProps {
  readonly id: string;
  readonly state: string;
  readonly onChanged: () => void;
}

function Tools({ id, state, onChanged }: ToolsProps): VNode {
  const { notices } = useInbox();
  const run = async (work: Promise<unknown>, done: string): Promise<void> => {
    if (await notices.tell(work, done)) onChanged();
  };
  return (
    <div class="actions">
      {AGAIN.has(state) ? (
        <button
          type="button"
          class="button small"
          onClick={() => void run(retryQueued(id), 'It is tried again.')}
        >
          {AGAIN.get(state)}
        </button>
      ) : null}
      {CANCELLABLE.has(state) ? (
        <ConfirmButton confirm="Really cancel?" onConfirm={() => void run(cancelQueued(id), 'Cancelled.')}>
          Cancel
        </ConfirmButton>
      ) : null}
    </div>
  );
}
