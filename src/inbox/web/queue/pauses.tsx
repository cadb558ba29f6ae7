import type { VNode } from 'preact';

import type { PauseView } from '../../api/queue.js';
import { Age } from '../parts/time.js';

/** Why nothing goes out though the queue is not paused: a mail server is at fault, and no mail is. */
export function Pauses({ pauses }: { readonly pauses: readonly PauseView[] }): VNode | null {
  if (pauses.length === 0) return null;
  return (
    <ul class="banners" role="status">
      {pauses.map(({ mailer, reason, retryAt }) => (
        <li key={mailer} class="banner">
          <p>
            <strong>The mail server of "{mailer}" is at fault.</strong> {reason}
          </p>
          <p class="muted">
            Its mails wait, and lose no attempt. Next try <Age at={retryAt} />.
          </p>
        </li>
      ))}
    </ul>
  );
}
