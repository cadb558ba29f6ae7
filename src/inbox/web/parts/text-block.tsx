import type { VNode } from 'preact';

import { CopyButton } from './copy-button.js';

interface TextBlockProps {
  readonly text: string | undefined;
  /** Label of a button that copies the text, if there is to be one. */
  readonly copyLabel?: string;
}

/** Preformatted text; focusable, so that the keyboard can scroll it. */
export function TextBlock({ text = '', copyLabel }: TextBlockProps): VNode {
  const block = (
    <pre class="text" tabIndex={0}>
      {text}
    </pre>
  );
  if (copyLabel === undefined) return block;
  return (
    <div class="source">
      <CopyButton text={text} label={copyLabel} class="button small">
        Copy
      </CopyButton>
      {block}
    </div>
  );
}
