import { useSignal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';

import { useInbox } from '../inbox.js';
import { Dialog } from './dialog.js';

interface SendDialogProps {
  readonly title: string;
  /** Initial value of the recipient field. */
  readonly to: string;
  /** Restricts the field to one address. */
  readonly type?: 'email';
  readonly send: (to: string) => Promise<unknown>;
  readonly onClose: () => void;
  /** Further fields of the form. */
  readonly children?: ComponentChildren;
}

/** Asks for recipients and really sends a mail to them. */
export function SendDialog({ title, to: initial, type, send, onClose, children }: SendDialogProps): VNode {
  const { notices } = useInbox();
  const to = useSignal(initial);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await notices.tell(send(to.value), `Sent to ${to.value}.`)) onClose();
  };
  const field = {
    required: true,
    value: to.value,
    onInput: (event: InputEvent & { readonly currentTarget: HTMLInputElement }) =>
      (to.value = event.currentTarget.value),
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <p class="muted">It is really sent. Addresses must be allowed by the option release.allow.</p>
        <label>
          To
          {type === 'email' ? <input type="email" {...field} /> : <input {...field} />}
        </label>
        {children}
        <button type="submit" class="button primary">
          Send it
        </button>
      </form>
    </Dialog>
  );
}
