import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import type { MessageView } from '../../api/messages.js';
import { apiUrl } from '../api/client.js';
import { releaseMessage } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { IconButton } from '../parts/button.js';
import { CopyButton } from '../parts/copy-button.js';
import { Icon } from '../parts/icon.js';
import { SendDialog } from '../parts/send-dialog.js';
import { StatusBadge } from '../parts/status-badge.js';
import { Moment } from '../parts/time.js';
import { hrefOf } from '../route.js';
import { removeMail } from './mail-keys.js';

/** Shows the addresses and facts of a mail, with its actions. */
export function MailHead({ mail }: { readonly mail: MessageView }): VNode {
  const { q } = useInbox().router.route.value.query;
  return (
    <header class="mail-head">
      <div class="mail-title">
        <a
          class="icon-button back"
          href={hrefOf('mails', '', { q })}
          data-view=""
          aria-label="Back to the list"
        >
          <Icon name="back" />
        </a>
        <h2>{mail.subject === '' ? '(no subject)' : mail.subject}</h2>
        <Actions mail={mail} />
      </div>
      <dl class="people">
        <Person name="From" addresses={[mail.from]} />
        <Person name="To" addresses={mail.toHeader} />
        <Person name="Cc" addresses={mail.cc} />
        <Person name="Bcc" addresses={mail.bcc} />
        <Person name="Reply to" addresses={mail.replyTo} />
      </dl>
      <Facts mail={mail} />
      <QuickCopies mail={mail} />
    </header>
  );
}

function Person({
  name,
  addresses,
}: {
  readonly name: string;
  readonly addresses: readonly string[];
}): VNode | null {
  if (addresses.length === 0) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{addresses.join(', ')}</dd>
    </div>
  );
}

function Facts({ mail }: { readonly mail: MessageView }): VNode {
  return (
    <p class="facts">
      <StatusBadge status={mail.status} />
      <Moment at={mail.at} />
      {mail.template === undefined ? null : (
        <a class="chip" data-view="" href={hrefOf('gallery', mail.template, { locale: mail.locale })}>
          {mail.template}
        </a>
      )}
      {mail.locale === undefined ? null : <span class="chip">{mail.locale}</span>}
      {mail.mailer === undefined || mail.mailer === 'default' ? null : (
        <span class="chip">via {mail.mailer}</span>
      )}
      {mail.tags.map((tag) => (
        <a key={tag} class="chip" data-view="" href={hrefOf('mails', '', { q: `tag:${tag}` })}>
          #{tag}
        </a>
      ))}
      {mail.run === undefined ? null : <span class="chip">run {mail.run}</span>}
    </p>
  );
}

function Actions({ mail }: { readonly mail: MessageView }): VNode {
  const inbox = useInbox();
  const releasing = useSignal(false);
  const address = new URL(hrefOf('mails', mail.id), location.href).href;
  return (
    <div class="actions">
      <CopyButton text={address} label="Copy the address of this page" class="icon-button" icon="link" />
      <a
        class="icon-button"
        href={apiUrl(`messages/${mail.id}.eml`)}
        download={`${mail.id}.eml`}
        title="Download as .eml"
        aria-label="Download as .eml"
      >
        <Icon name="download" />
      </a>
      {inbox.status.release ? (
        <IconButton icon="send" label="Release: really send it" onClick={() => (releasing.value = true)} />
      ) : null}
      <IconButton
        icon="unread"
        label="Mark as unread"
        onClick={() => void inbox.notices.tell(inbox.mailbox.markUnread(mail.id, true), 'Marked as unread.')}
      />
      <IconButton icon="trash" label="Delete" danger onClick={() => void removeMail(inbox, mail.id)} />
      {releasing.value ? <ReleaseDialog mail={mail} onClose={() => (releasing.value = false)} /> : null}
    </div>
  );
}

interface ReleaseDialogProps {
  readonly mail: MessageView;
  readonly onClose: () => void;
}

/** Releases a captured mail through a chosen mailer. */
function ReleaseDialog({ mail, onClose }: ReleaseDialogProps): VNode {
  const { status } = useInbox();
  const mailer = useSignal(mail.mailer ?? status.mailers[0] ?? 'default');
  const release = (to: string): Promise<unknown> => {
    const addresses = to.split(',').map((address) => address.trim());
    return releaseMessage(mail.id, addresses.filter(Boolean), mailer.value);
  };
  return (
    <SendDialog title="Release this mail" to={mail.envelope.to.join(', ')} send={release} onClose={onClose}>
      <label>
        Mailer
        <select value={mailer.value} onChange={(event) => (mailer.value = event.currentTarget.value)}>
          {status.mailers.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </SendDialog>
  );
}

/** Links shown here; their tab lists all. */
const LINKS = 2;

/** Offers one-time codes and the first links, which people most often open a mail for. */
function QuickCopies({ mail }: { readonly mail: MessageView }): VNode | null {
  if (mail.codes.length === 0 && mail.links.length === 0) return null;
  return (
    <ul class="quick" aria-label="Codes and links">
      {mail.codes.map((code) => (
        <li key={`code ${code}`}>
          <CopyButton text={code} label={`Copy code ${code}`}>
            <code class="code">{code}</code>
          </CopyButton>
        </li>
      ))}
      {mail.links.slice(0, LINKS).map(({ url, text }) => (
        <li key={`link ${url}`}>
          <CopyButton text={url} label={`Copy link ${text === '' ? url : text}`}>
            <span class="quick-link">{text === '' ? url : text}</span>
          </CopyButton>
        </li>
      ))}
    </ul>
  );
}
