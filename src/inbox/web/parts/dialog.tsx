import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { useInbox } from '../inbox.js';
import { IconButton } from './button.js';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * A dialog that is modal while mounted; Escape closes it and restores the focus. Shows problems inside, because
 * nothing outside of a modal dialog is accessible.
 */
export function Dialog({ title, onClose, children }: DialogProps): VNode {
  const id = useId();
  const { notices } = useInbox();
  const notice = notices.current.value;
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    notices.close();
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={element} aria-labelledby={id} onClose={onClose}>
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </header>
      {children}
      {notice?.kind === 'problem' ? (
        <p class="bad-text dialog-problem" role="alert">
          {notice.text}
        </p>
      ) : null}
    </dialog>
  );
}
