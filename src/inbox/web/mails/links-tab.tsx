import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import type { CheckedLink } from '../../api/checks.js';
import type { MessageView } from '../../api/messages.js';
import { checkLink } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { CopyButton } from '../parts/copy-button.js';

/** Lists the links of a mail. Checks one over the network only on request. */
export function LinksTab({ mail }: { readonly mail: MessageView }): VNode {
  return (
    <ul class="cards">
      {mail.links.map(({ url, text }) => (
        <li key={url} class="card link">
          <div>
            {text === '' || text === url ? null : <strong>{text}</strong>}
            <p class="url">
              <Address url={url} />
            </p>
          </div>
          {url.startsWith('mailto:') ? null : <Check id={mail.id} url={url} />}
          <CopyButton text={url} label={`Copy ${url}`} />
        </li>
      ))}
    </ul>
  );
}

/** Only http(s) URLs become links. */
function Address({ url }: { readonly url: string }): VNode {
  if (!/^https?:\/\//i.test(url)) return <>{url}</>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {url}
    </a>
  );
}

function Check({ id, url }: { readonly id: string; readonly url: string }): VNode {
  const { notices } = useInbox();
  const checked = useSignal<CheckedLink | 'checking' | undefined>(undefined);
  const check = async (): Promise<void> => {
    checked.value = 'checking';
    checked.value = await checkLink(id, url).catch((error: unknown) => {
      notices.problem(error);
      return undefined;
    });
  };
  const result = checked.value;
  if (result === undefined) {
    return (
      <button type="button" class="button small" onClick={() => void check()}>
        Check<span class="hidden"> {url}</span>
      </button>
    );
  }
  if (result === 'checking') return <span class="muted">Checking…</span>;
  return <span class={result.ok ? 'status good' : 'status bad'}>{wordsFor(result)}</span>;
}

function wordsFor({ ok, status, error, hops }: CheckedLink): string {
  const over = hops.length < 2 ? '' : `, ${hops.length - 1} redirects`;
  if (error !== undefined) return error;
  return `${status ?? (ok ? 'fine' : 'no answer')}${over}`;
}
