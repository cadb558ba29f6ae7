import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import type { MessageView } from '../../api/messages.js';
import { releaseMessage } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { Dialog } from '../parts/dialog.js';

interface ReleaseDialogProps {
  readonly mail: MessageView;
  readonly onClose: () => void;
}

/** Sends a captured mail on, through a real transport and to an address the application allows. */
export function ReleaseDialog({ mail, onClose }: ReleaseDialogProps): VNode {
  const { notices, status } = useInbox();
  const to = useSignal(mail.envelope.to.join(', '));
  const mailer = useSignal(mail.mailer ?? status.mailers[0] ?? 'default');
  const release = async (event: Event): Promise<void> => {
    event.preventDefault();
    const addresses = to.value.split(',').map((address) => address.trim());
    const sent = releaseMessage(mail.id, addresses.filter(Boolean), mailer.value);
    if (await notices.tell(sent, `Sent to ${to.value}.`)) onClose();
  };
  return (
    <Dialog title="Release this mail" onClose={onClose}>
      <form class="form" onSubmit={(event) => void release(event)}>
        <p class="muted">It is really sent. Addresses must be allowed by the option release.allow.</p>
        <label>
          To
          <input required value={to.value} onInput={(event) => (to.value = event.currentTarget.value)} />
        </label>
        <label>
          Mailer
          <select value={mailer.value} onChange={(event) => (mailer.value = event.currentTarget.value)}>
            {status.mailers.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="button primary">
          Send it
        </button>
      </form>
    </Dialog>
  );
}
