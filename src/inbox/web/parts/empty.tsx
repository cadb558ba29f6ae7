import type { ComponentChildren, VNode } from 'preact';

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Explains why there is nothing to show, and what to do. */
export function Empty({ title, children }: EmptyProps): VNode {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Shows why loading failed. */
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
