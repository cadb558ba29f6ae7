import type { VNode } from 'preact';

import type { ChaosRule } from '../../api/chaos.js';
import { endChaos, readChaos, removeChaos } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { ConfirmButton, IconButton } from '../parts/button.js';
import { Empty, Problem } from '../parts/empty.js';
import { useLoad } from '../state/use-load.js';
import { ChaosForm } from './chaos-form.js';

/** Lists and edits the rules that make mails fail. */
export function ChaosPage(): VNode {
  const { live, notices } = useInbox();
  const { value: rules, error, reload } = useLoad(readChaos, `${live.news('chaos').value}`);
  const end = async (): Promise<void> => {
    if (await notices.tell(endChaos(), 'All rules removed.')) reload();
  };
  return (
    <section class="page" aria-labelledby="chaos">
      <header class="page-head">
        <h1 id="chaos">Chaos</h1>
        {rules === undefined || rules.length === 0 ? null : (
          <ConfirmButton confirm="End all?" onConfirm={() => void end()}>
            End all
          </ConfirmButton>
        )}
      </header>
      <p class="muted lead">
        Make mails fail before anything is sent, and watch how the application reacts: it retries after 421,
        451 and timeouts; a 550 is final.
      </p>
      <ChaosForm />
      {error === undefined ? null : <Problem error={error} onRetry={reload} />}
      {rules === undefined ? null : <Rules rules={rules} onRemoved={reload} />}
    </section>
  );
}

interface RulesProps {
  readonly rules: readonly ChaosRule[];
  readonly onRemoved: () => void;
}

function Rules({ rules, onRemoved }: RulesProps): VNode {
  const { notices } = useInbox();
  if (rules.length === 0) return <Empty title="Nothing is set to fail." />;
  const remove = async (id: string): Promise<void> => {
    if (await notices.tell(removeChaos(id), 'Rule removed.')) onRemoved();
  };
  return (
    <ul class="cards">
      {rules.map(({ id, template, to, fault, left }) => (
        <li key={id} class="card">
          <div>
            <strong>{template === undefined ? `Mails to ${to ?? 'anybody'}` : `Mails of ${template}`}</strong>
            <p class="muted">
              fail with {fault}, {left} more {left === 1 ? 'time' : 'times'}
            </p>
          </div>
          <IconButton icon="close" label="End this one" onClick={() => void remove(id)} />
        </li>
      ))}
    </ul>
  );
}
