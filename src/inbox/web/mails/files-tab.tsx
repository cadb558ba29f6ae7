import type { VNode } from 'preact';

import type { MessageView } from '../../api/messages.js';
import { apiUrl } from '../api/client.js';
import { Icon } from '../parts/icon.js';
import { sizeOf } from '../parts/size.js';

/** Lists attachments for download; the page never opens them. */
export function FilesTab({ mail }: { readonly mail: MessageView }): VNode {
  return (
    <ul class="cards">
      {mail.files.map(({ index, filename, contentType, size, cid }) => (
        <li key={index} class="card file">
          <Icon name="clip" />
          <div>
            <strong>{filename}</strong>
            <p class="muted">
              {contentType}, {sizeOf(size)}
              {cid === undefined ? '' : `, shown in the mail as cid:${cid}`}
            </p>
          </div>
          <a class="button small" href={apiUrl(`messages/${mail.id}/files/${index}`)} download={filename}>
            Download<span class="hidden"> {filename}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
