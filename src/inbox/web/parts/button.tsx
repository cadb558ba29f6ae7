import type { ComponentChildren, VNode } from 'preact';
import { useSignal } from '@preact/signals';

import { Icon, type IconName } from './icon.js';

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly danger?: boolean;
}

/** A button that is only an icon; its label is read aloud and shown on hover. */
export function IconButton({ icon, label, onClick, danger = false }: IconButtonProps): VNode {
  return (
    <button
      type="button"
      class={danger ? 'icon-button danger' : 'icon-button'}
      title={label}
      aria-label={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

interface ConfirmButtonProps {
  readonly children: ComponentChildren;
  /** What the second click says. */
  readonly confirm: string;
  readonly onConfirm: () => void;
}

/** Does something that cannot be undone: the first click asks. */
export function ConfirmButton({ children, confirm, onConfirm }: ConfirmButtonProps): VNode {
  const asking = useSignal(false);
  const click = (): void => {
    if (asking.value) onConfirm();
    asking.value = !asking.value;
  };
  return (
    <button
      type="button"
      class={asking.value ? 'button small danger' : 'button small quiet'}
      onClick={click}
      onBlur={() => {
        asking.value = false;
      }}
    >
      {asking.value ? confirm : children}
    </button>
  );
}
