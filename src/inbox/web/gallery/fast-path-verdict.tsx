import type { VNode } from 'preact';

import type { TemplateSummary } from '../../api/templates.js';

/** Whether its CSS is inlined once, when it is compiled, or on every send; and why. */
export function FastPathVerdict({ fastPath: { fast, reasons } }: Pick<TemplateSummary, 'fastPath'>): VNode {
  if (fast) return <span class="status good">fast path</span>;
  return (
    <details class="verdict">
      <summary class="status warn">CSS inlined on every send</summary>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </details>
  );
}
