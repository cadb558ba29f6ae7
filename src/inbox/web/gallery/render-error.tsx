import type { VNode } from 'preact';

import type { TemplatePage } from '../../api/templates.js';

type Failure = NonNullable<TemplatePage['error']>;

function placeOf({ file, line, column }: Failure): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/** Why the template cannot be rendered, and where. */
export function RenderError({ error }: { readonly error: Failure }): VNode {
  return (
    <div class="sheet" role="alert">
      <h3 class="bad-text">It cannot be rendered</h3>
      <pre class="text">{error.message}</pre>
      <p>
        <code>{placeOf(error)}</code>
      </p>
    </div>
  );
}
