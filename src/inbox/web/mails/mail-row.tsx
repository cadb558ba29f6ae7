import type { VNode } from 'preact';

import type { MessageSummary } from '../../api/messages.js';
import { Icon } from '../parts/icon.js';
import { StatusBadge } from '../parts/status-badge.js';
import { Age } from '../parts/time.js';
import { addressOf } from './address.js';

interface MailRowProps {
  readonly mail: MessageSummary;
  readonly href: string;
  readonly current: boolean;
}

export function MailRow({ mail, href, current }: MailRowProps): VNode {
  return (
    <a
      class={mail.unread ? 'row unread' : 'row'}
      href={href}
      data-view=""
      data-id={mail.id}
      aria-current={current ? 'true' : undefined}
    >
      <span class="row-line">
        <span class="row-subject">
          {mail.unread ? <span class="hidden">Unread: </span> : null}
          {mail.subject === '' ? '(no subject)' : mail.subject}
        </span>
        <span class="row-age">
          <Age at={mail.at} />
        </span>
      </span>
      <span class="row-line">
        <Recipients to={mail.to} />
        <Facts mail={mail} />
      </span>
    </a>
  );
}

function Facts({ mail }: Pick<MailRowProps, 'mail'>): VNode {
  return (
    <span class="row-facts">
      {mail.attachments === 0 ? null : <Attachments count={mail.attachments} />}
      {mail.template === undefined ? null : <span class="chip template">{mail.template}</span>}
      {mail.locale === undefined ? null : <span class="chip">{mail.locale}</span>}
      <StatusBadge status={mail.status} />
    </span>
  );
}

/** Shows the first recipient and the number of others: a row has no space for two addresses. */
function Recipients({ to }: Pick<MessageSummary, 'to'>): VNode {
  const [first = '', ...others] = to.map(addressOf);
  return (
    <>
      <span class="row-to" title={to.join(', ')}>
        <span class="hidden">To </span>
        {first}
      </span>
      {others.length === 0 ? null : <span class="row-more">+{others.length}</span>}
    </>
  );
}

function Attachments({ count }: { readonly count: number }): VNode {
  return (
    <span class="row-files" title={`${count} attached`}>
      <Icon name="clip" />
      {count}
      <span class="hidden"> attached</span>
    </span>
  );
}
