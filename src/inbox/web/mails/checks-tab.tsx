import type { VNode } from 'preact';

import type { ClientGapView, MailFindings } from '../../api/checks.js';
import type { MessageView } from '../../api/messages.js';
import { Problem } from '../parts/empty.js';
import { FindingsList } from '../parts/findings-list.js';
import { sizeOf } from '../parts/size.js';
import type { Loaded } from '../state/use-load.js';

interface ChecksTabProps {
  readonly clip: MessageView['clip'];
  readonly findings: Loaded<MailFindings>;
}

/** Shows the findings of a mail, and the mail programs that will display it differently. */
export function ChecksTab({ clip, findings: { value, error } }: ChecksTabProps): VNode {
  return (
    <div class="sheet">
      <h3>Size</h3>
      <ClipMeter clip={clip} />
      <h3>Findings</h3>
      {error === undefined ? null : <Problem error={error} />}
      {value === undefined ? null : <FindingsList findings={value.findings} />}
      <h3>Mail programs</h3>
      {value === undefined ? null : <Clients gaps={value.clients} />}
    </div>
  );
}

function ClipMeter({ clip: { htmlBytes, limit, clipped } }: { readonly clip: MessageView['clip'] }): VNode {
  return (
    <div class="meter">
      <meter value={htmlBytes} max={limit} aria-label="HTML of the size at which Gmail clips" />
      <span class={clipped ? 'bad-text' : 'muted'}>
        {sizeOf(htmlBytes)} of {sizeOf(limit)}
        {clipped ? ': Gmail cuts it off' : ', at which Gmail cuts off'}
      </span>
    </div>
  );
}

function Clients({ gaps }: { readonly gaps: readonly ClientGapView[] }): VNode {
  if (gaps.length === 0)
    return <p class="muted">It uses only features that all known mail programs support.</p>;
  const clients = [...new Set(gaps.map(({ client }) => client))];
  const gapsOf = (client: string): readonly ClientGapView[] => gaps.filter((gap) => gap.client === client);
  return (
    <ul class="cards">
      {clients.map((client) => (
        <li key={client} class="card">
          <div>
            <strong>{client}</strong>
            <ul class="gaps">
              {gapsOf(client).map(({ feature, support, reason, where }) => (
                <li key={`${feature} ${where}`}>
                  <span class={support === 'no' ? 'status bad' : 'status warn'}>
                    {support === 'no' ? 'no' : 'in part'}
                  </span>{' '}
                  <code>{feature}</code> {reason} <span class="muted">{where}</span>
                </li>
              ))}
            </ul>
          </div>
        </li>
      ))}
    </ul>
  );
}
