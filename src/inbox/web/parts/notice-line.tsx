import type { VNode } from 'preact';

import { useInbox } from '../inbox.js';
import { IconButton } from './button.js';

export function NoticeLine(): VNode {
  const { notices } = useInbox();
  const notice = notices.current.value;
  return (
    <div class="notices" role="status">
      {notice === undefined ? null : (
        <div class={`notice ${notice.kind}`}>
          <span>{notice.text}</span>
          <IconButton icon="close" label="Close" onClick={() => notices.close()} />
        </div>
      )}
    </div>
  );
}
