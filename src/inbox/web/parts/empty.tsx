import type { ComponentChildren, VNode } from 'preact';

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Where there is nothing to show: why, and what to do. */
export function Empty({ title, children }: EmptyProps): VNode {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Where something could not be read. */
export function Problem({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }): VNode {
  return (
    <div class="empty" role="alert">
      <p class="empty-title">{error.message}</p>
      {onRetry === undefined ? null : (
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
