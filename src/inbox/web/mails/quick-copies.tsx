import type { VNode } from 'preact';

import type { MessageView } from '../../api/messages.js';
import { CopyButton } from '../parts/copy-button.js';

/** Links offered here; the others are in their tab. */
const LINKS = 2;

/** What people open such a mail for: the one-time code, and the link to follow. */
export function QuickCopies({ mail }: { readonly mail: MessageView }): VNode | null {
  if (mail.codes.length === 0 && mail.links.length === 0) return null;
  return (
    <ul class="quick" aria-label="Codes and links">
      {mail.codes.map((code) => (
        <li key={`code ${code}`}>
          <CopyButton text={code} label={`Copy code ${code}`}>
            <code class="code">{code}</code>
          </CopyButton>
        </li>
      ))}
      {mail.links.slice(0, LINKS).map(({ url, text }) => (
        <li key={`link ${url}`}>
          <CopyButton text={url} label={`Copy link ${text === '' ? url : text}`}>
            <span class="quick-link">{text === '' ? url : text}</span>
          </CopyButton>
        </li>
      ))}
    </ul>
  );
}
