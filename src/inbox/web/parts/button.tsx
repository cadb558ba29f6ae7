import type { ComponentChildren, VNode } from 'preact';
import { useSignal } from '@preact/signals';

import { Icon, type IconName } from './icon.js';

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly danger?: boolean;
}

/** A button with only an icon; the label is its tooltip and accessible name. */
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
  /** Label while it waits for the second click. */
  readonly confirm: string;
  readonly onConfirm: () => void;
}

/** A button for irreversible actions, which acts on the second click. */
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
