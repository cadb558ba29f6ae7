import type { VNode } from 'preact';

import type { FindingView } from '../../api/checks.js';

const WORDS = { error: 'Error', warning: 'Warning' } as const;

export function FindingsList({ findings }: { readonly findings: readonly FindingView[] }): VNode {
  if (findings.length === 0) return <p class="muted">No findings.</p>;
  return (
    <ul class="findings">
      {findings.map(({ rule, severity, message, line }) => (
        <li key={`${rule} ${line ?? ''} ${message}`} class={severity}>
          <strong>{WORDS[severity]}</strong> {message}
          <span class="muted">
            {' '}
            {rule}
            {line === undefined ? '' : `, line ${line}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
