import type { VNode } from 'preact';

import { readSource } from '../api/inbox-api.js';
import { Problem } from '../parts/empty.js';
import { CopyButton } from '../parts/copy-button.js';
import { useLoad } from '../state/use-load.js';

/** The mail as it went over the wire. */
export function SourceTab({ id }: { readonly id: string }): VNode {
  const { value: source, error } = useLoad((signal) => readSource(id, signal), id);
  if (error !== undefined) return <Problem error={error} />;
  return (
    <div class="source">
      <CopyButton text={source ?? ''} label="Copy the source" class="button small">
        Copy
      </CopyButton>
      <pre class="text" tabIndex={0}>
        {source}
      </pre>
    </div>
  );
}
