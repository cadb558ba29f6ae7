import type { VNode } from 'preact';

const TONES: Readonly<Record<string, string>> = {
  sent: 'good',
  received: 'good',
  captured: 'good',
  released: 'good',
  queued: 'busy',
  waiting: 'busy',
  sending: 'busy',
  retried: 'busy',
  deferred: 'warn',
  ambiguous: 'warn',
  cancelled: 'plain',
  expired: 'bad',
  dead: 'bad',
  failed: 'bad',
  corrupt: 'bad',
};

/** Shows the state of a mail as a word with a coloured dot. */
export function StatusBadge({ status }: { readonly status: string }): VNode {
  return <span class={`status ${TONES[status] ?? 'plain'}`}>{status}</span>;
}
