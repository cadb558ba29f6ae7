import { useSignal } from '@preact/signals';
import type { ComponentChildren, VNode } from 'preact';

import { useInbox } from '../inbox.js';
import { Icon, type IconName } from './icon.js';

/** Milliseconds that the tick is shown. */
const SHOWN_MS = 1_500;

interface CopyButtonProps {
  readonly text: string;
  /** Accessible name: `Copy code 123456`. */
  readonly label: string;
  readonly children?: ComponentChildren;
  readonly class?: string;
  readonly icon?: IconName;
}

export function CopyButton(props: CopyButtonProps): VNode {
  const { text, label, children, class: look = 'copy', icon = 'copy' } = props;
  const { notices } = useInbox();
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    copied.value = await notices.tell(navigator.clipboard.writeText(text), 'Copied.');
    setTimeout(() => {
      copied.value = false;
    }, SHOWN_MS);
  };
  return (
    <button type="button" class={look} title={label} aria-label={label} onClick={() => void copy()}>
      {children}
      <Icon name={copied.value ? 'done' : icon} />
    </button>
  );
}
