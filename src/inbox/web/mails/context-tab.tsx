import type { VNode } from 'preact';

import type { MessageView } from '../../api/messages.js';
import { CopyButton } from '../parts/copy-button.js';
import { Empty } from '../parts/empty.js';
import { hrefOf } from '../route.js';

const INDENT = 2;

/** What the template was given. */
export function ContextTab({ mail }: { readonly mail: MessageView }): VNode {
  const { template = '', locale, context } = mail;
  const json = JSON.stringify(context, null, INDENT);
  return (
    <div class="sheet">
      <p>
        Rendered from{' '}
        <a data-view="" href={hrefOf('gallery', template, { locale })}>
          {template}
        </a>
        {locale === undefined ? '' : ` in ${locale}`}, with:
      </p>
      {context === undefined ? (
        <Empty title="Its context is not known." />
      ) : (
        <div class="source">
          <CopyButton text={json} label="Copy the context" class="button small">
            Copy
          </CopyButton>
          <pre class="text" tabIndex={0}>
            {json}
          </pre>
        </div>
      )}
    </div>
  );
}
