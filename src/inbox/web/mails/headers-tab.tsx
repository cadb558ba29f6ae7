import type { VNode } from 'preact';

import type { MessageView } from '../../api/messages.js';
import { CopyButton } from '../parts/copy-button.js';
import { addressOf } from './address.js';

/** Shows the envelope, which may differ from the headers, and all headers. */
export function HeadersTab({ mail }: { readonly mail: MessageView }): VNode {
  return (
    <div class="sheet">
      <h3>Envelope</h3>
      <Envelope mail={mail} />
      <h3>Headers</h3>
      <table class="pairs">
        <tbody>
          {mail.headers.map(([name, value], index) => (
            <tr key={index}>
              <th scope="row">{name}</th>
              <td>{value}</td>
              <td class="tool">
                <CopyButton text={value} label={`Copy ${name}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const sameAs = (mailbox: string): string => addressOf(mailbox).toLowerCase();

function Envelope({ mail }: { readonly mail: MessageView }): VNode {
  const { envelope } = mail;
  const other = sameAs(mail.from) !== sameAs(envelope.from);
  return (
    <table class="pairs">
      <tbody>
        <tr>
          <th scope="row">MAIL FROM</th>
          <td>
            {envelope.from} {other ? <span class="chip">not the From header</span> : null}
          </td>
        </tr>
        {envelope.to.map((address) => (
          <tr key={address}>
            <th scope="row">RCPT TO</th>
            <td>
              {address} {mail.bcc.includes(address) ? <span class="chip">blind: in no header</span> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
