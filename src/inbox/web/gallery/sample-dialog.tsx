import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import { sendSample } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { Dialog } from '../parts/dialog.js';

interface SampleDialogProps {
  readonly name: string;
  readonly locale: string | undefined;
  readonly onClose: () => void;
}

/** Sends a template with its sample to an address the application allows. */
export function SampleDialog({ name, locale, onClose }: SampleDialogProps): VNode {
  const { notices } = useInbox();
  const to = useSignal('');
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await notices.tell(sendSample(name, to.value, locale), `Sent to ${to.value}.`)) onClose();
  };
  return (
    <Dialog title={`Send a sample of ${name}`} onClose={onClose}>
      <form class="form" onSubmit={(event) => void send(event)}>
        <p class="muted">It is really sent. The address must be allowed by the option release.allow.</p>
        <label>
          To
          <input
            type="email"
            required
            value={to.value}
            onInput={(event) => (to.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button primary">
          Send it
        </button>
      </form>
    </Dialog>
  );
}
