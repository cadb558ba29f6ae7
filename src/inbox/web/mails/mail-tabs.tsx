import type { VNode } from 'preact';

import type { MailFindings } from '../../api/checks.js';
import type { MessageView } from '../../api/messages.js';
import { apiUrl } from '../api/client.js';
import { readFindings, readSource } from '../api/inbox-api.js';
import { Empty, Problem } from '../parts/empty.js';
import { type Tab, Tabs } from '../parts/tabs.js';
import { TextBlock } from '../parts/text-block.js';
import { type PreviewQuery, Preview } from '../preview/preview.js';
import { hrefOf } from '../route.js';
import { type Loaded, useLoad } from '../state/use-load.js';
import { ChecksTab } from './checks-tab.js';
import { DeliveryTab } from './delivery-tab.js';
import { FilesTab } from './files-tab.js';
import { HeadersTab } from './headers-tab.js';
import { LinksTab } from './links-tab.js';

type MailTab = 'html' | 'text' | 'source' | 'headers' | 'files' | 'links' | 'context' | 'delivery' | 'checks';

function tabsOf(mail: MessageView, checks: number): readonly Tab<MailTab>[] {
  const { hasHtml, files, links, template } = mail;
  const tabs: readonly Tab<MailTab>[] = [
    { key: 'html', label: 'HTML' },
    { key: 'text', label: 'Text' },
    { key: 'files', label: 'Attachments', count: files.length },
    { key: 'links', label: 'Links', count: links.length },
    { key: 'delivery', label: 'Delivery' },
    { key: 'checks', label: 'Checks', count: checks },
    { key: 'context', label: 'Context' },
    { key: 'headers', label: 'Headers' },
    { key: 'source', label: 'Source' },
  ];
  const isPresent: Partial<Record<MailTab, boolean>> = {
    html: hasHtml,
    files: files.length > 0,
    links: links.length > 0,
    context: template !== undefined,
  };
  return tabs.filter(({ key }) => isPresent[key] ?? true);
}

export function MailTabs({ mail }: { readonly mail: MessageView }): VNode {
  const findings = useLoad((signal) => readFindings(mail.id, signal), mail.id);
  const tabs = tabsOf(mail, findings.value?.findings.length ?? 0);
  return (
    <Tabs label="Sides of this mail" tabs={tabs} view="mails" name={mail.id}>
      {(current) => SIDES[current]({ mail, findings })}
    </Tabs>
  );
}

interface SideProps {
  readonly mail: MessageView;
  readonly findings: Loaded<MailFindings>;
}

const SIDES: Readonly<Record<MailTab, (side: SideProps) => VNode>> = {
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
  const src = (view: PreviewQuery): string => apiUrl(`messages/${mail.id}.html`, { ...view });
  return <Preview title={`HTML of ${mail.subject}`} src={src} />;
}

function TextSide({ text }: { readonly text: string | undefined }): VNode {
  if (text === undefined) {
    return (
      <Empty title="This mail has no text part.">Readers without HTML and spam filters expect one.</Empty>
    );
  }
  return <TextBlock text={text} />;
}

function SourceTab({ id }: { readonly id: string }): VNode {
  const { value: source, error } = useLoad((signal) => readSource(id, signal), id);
  if (error !== undefined) return <Problem error={error} />;
  return <TextBlock text={source} copyLabel="Copy the source" />;
}

const INDENT = 2;

/** Shows the context that the template was rendered with. */
function ContextTab({ mail }: { readonly mail: MessageView }): VNode {
  const { template = '', locale, context } = mail;
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
        <Empty title="Its context is unknown." />
      ) : (
        <TextBlock text={JSON.stringify(context, null, INDENT)} copyLabel="Copy the context" />
      )}
    </div>
  );
}
