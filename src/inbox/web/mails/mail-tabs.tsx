import type { VNode } from 'preact';

import type { MailFindings } from '../../api/checks.js';
import type { MessageView } from '../../api/messages.js';
import { apiUrl } from '../api/client.js';
import { readFindings } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { Empty } from '../parts/empty.js';
import { type Tab, Tabs } from '../parts/tabs.js';
import { type HtmlView, Preview } from '../preview/preview.js';
import { hrefOf } from '../route.js';
import { type Loaded, useLoad } from '../state/use-load.js';
import { ChecksTab } from './checks-tab.js';
import { ContextTab } from './context-tab.js';
import { DeliveryTab } from './delivery-tab.js';
import { FilesTab } from './files-tab.js';
import { HeadersTab } from './headers-tab.js';
import { LinksTab } from './links-tab.js';
import { SourceTab } from './source-tab.js';

type Key = 'html' | 'text' | 'source' | 'headers' | 'files' | 'links' | 'context' | 'delivery' | 'checks';

function tabsOf(mail: MessageView, checks: number): readonly Tab<Key>[] {
  const files: readonly Tab<Key>[] =
    mail.files.length === 0 ? [] : [{ key: 'files', label: 'Attachments', count: mail.files.length }];
  const links: readonly Tab<Key>[] =
    mail.links.length === 0 ? [] : [{ key: 'links', label: 'Links', count: mail.links.length }];
  const context: readonly Tab<Key>[] =
    mail.template === undefined ? [] : [{ key: 'context', label: 'Context' }];
  return [
    ...(mail.hasHtml ? ([{ key: 'html', label: 'HTML' }] as const) : []),
    { key: 'text', label: 'Text' },
    ...files,
    ...links,
    { key: 'delivery', label: 'Delivery' },
    { key: 'checks', label: 'Checks', count: checks },
    ...context,
    { key: 'headers', label: 'Headers' },
    { key: 'source', label: 'Source' },
  ];
}

/** All sides of a mail; which one is open is part of the address. */
export function MailTabs({ mail }: { readonly mail: MessageView }): VNode {
  const { navigation } = useInbox();
  const findings = useLoad((signal) => readFindings(mail.id, signal), mail.id);
  const problems = findings.value?.findings.length ?? 0;
  const tabs = tabsOf(mail, problems);
  const asked = navigation.route.value.query['tab'];
  const current = tabs.find(({ key }) => key === asked)?.key ?? tabs[0]?.key ?? 'text';
  const select = (tab: Key): void => {
    const { query } = navigation.route.value;
    navigation.go(hrefOf('mails', mail.id, { ...query, tab }), { replace: true });
  };
  return (
    <Tabs label="Sides of this mail" tabs={tabs} current={current} onSelect={select}>
      {SIDES[current]({ mail, findings })}
    </Tabs>
  );
}

interface SideProps {
  readonly mail: MessageView;
  readonly findings: Loaded<MailFindings>;
}

const SIDES: Readonly<Record<Key, (side: SideProps) => VNode>> = {
  html: ({ mail }) => <HtmlSide mail={mail} />,
  text: ({ mail }) => <TextSide text={mail.text} />,
  source: ({ mail }) => <SourceTab id={mail.id} />,
  headers: ({ mail }) => <HeadersTab mail={mail} />,
  files: ({ mail }) => <FilesTab mail={mail} />,
  links: ({ mail }) => <LinksTab mail={mail} />,
  context: ({ mail }) => <ContextTab mail={mail} />,
  delivery: ({ mail }) => <DeliveryTab mail={mail} />,
  checks: ({ mail, findings }) => <ChecksTab clip={mail.clip} findings={findings} />,
};

function HtmlSide({ mail }: { readonly mail: MessageView }): VNode {
  const src = (view: HtmlView): string => apiUrl(`messages/${mail.id}.html`, { ...view });
  return <Preview title={`HTML of ${mail.subject}`} src={src} remoteImages />;
}

function TextSide({ text }: { readonly text: string | undefined }): VNode {
  if (text === undefined) {
    return (
      <Empty title="This mail has no text part.">Readers without HTML, and spam filters, want one.</Empty>
    );
  }
  return (
    <pre class="text" tabIndex={0}>
      {text}
    </pre>
  );
}
