import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import type { TemplatePage, TemplateSummary } from '../../api/templates.js';
import { apiUrl } from '../api/client.js';
import { readTemplate } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { IconButton } from '../parts/button.js';
import { Empty, Problem } from '../parts/empty.js';
import { Icon } from '../parts/icon.js';
import { Segmented } from '../parts/segmented.js';
import { type Tab, Tabs } from '../parts/tabs.js';
import { type HtmlView, Preview } from '../preview/preview.js';
import { hrefOf } from '../route.js';
import { useLoad } from '../state/use-load.js';
import { FastPathVerdict } from './fast-path-verdict.js';
import { RenderError } from './render-error.js';
import { SampleDialog } from './sample-dialog.js';
import { VariablesTab } from './variables-tab.js';

type Key = 'error' | 'html' | 'text' | 'variables';

/** One template with its sample, in one of its locales. */
export function TemplatePage({ template }: { readonly template: TemplateSummary }): VNode {
  const { live, navigation } = useInbox();
  const locale = navigation.route.value.query['locale'];
  const turn = live.news('template').value;
  const key = `${template.name} ${locale ?? ''} ${turn}`;
  const rendering = useLoad((signal) => readTemplate(template.name, locale, signal), key);
  return (
    <section class="mail" aria-label="Template" tabIndex={-1}>
      <TemplateHead template={template} locale={locale} subject={rendering.value?.subject} />
      {rendering.error === undefined ? null : <Problem error={rendering.error} />}
      {rendering.value === undefined ? null : (
        <Sides rendering={rendering.value} template={template} locale={locale} turn={turn} />
      )}
    </section>
  );
}

interface TemplateHeadProps {
  readonly template: TemplateSummary;
  readonly locale: string | undefined;
  readonly subject: string | undefined;
}

function TemplateHead({ template, locale, subject }: TemplateHeadProps): VNode {
  const { status } = useInbox();
  const sending = useSignal(false);
  return (
    <header class="mail-head">
      <div class="mail-title">
        <a class="icon-button back" href={hrefOf('gallery')} data-view="" aria-label="Back to the templates">
          <Icon name="back" />
        </a>
        <h2>{subject ?? template.name}</h2>
        <div class="actions">
          {status.release && template.sample ? (
            <IconButton icon="send" label="Send this sample" onClick={() => (sending.value = true)} />
          ) : null}
        </div>
      </div>
      <div class="facts">
        <code>{template.name}</code>
        {template.layout === undefined ? null : <span class="chip">layout {template.layout}</span>}
        <FastPathVerdict fastPath={template.fastPath} />
        <Locales template={template} current={locale} />
      </div>
      {sending.value ? (
        <SampleDialog name={template.name} locale={locale} onClose={() => (sending.value = false)} />
      ) : null}
    </header>
  );
}

interface LocalesProps {
  readonly template: TemplateSummary;
  readonly current: string | undefined;
}

function Locales({ template, current }: LocalesProps): VNode | null {
  const { navigation } = useInbox();
  if (template.locales.length === 0) return null;
  const { tab } = navigation.route.value.query;
  return (
    <Segmented
      legend="Locale"
      options={['', ...template.locales].map((value) => ({ value, label: value === '' ? 'default' : value }))}
      value={current ?? ''}
      onChange={(locale) =>
        navigation.go(hrefOf('gallery', template.name, { locale, tab }), { replace: true })
      }
    />
  );
}

interface SidesProps {
  readonly rendering: TemplatePage;
  readonly template: TemplateSummary;
  readonly locale: string | undefined;
  readonly turn: number;
}

function tabsOf({ html, missing, findings, error }: TemplatePage): readonly Tab<Key>[] {
  const checks: Tab<Key> = {
    key: 'variables',
    label: 'Variables and checks',
    count: missing.length + findings.length,
  };
  if (error !== undefined) return [{ key: 'error', label: 'Error' }, checks];
  const text: Tab<Key> = { key: 'text', label: 'Text' };
  return html === undefined ? [text, checks] : [{ key: 'html', label: 'HTML' }, text, checks];
}

function Sides({ rendering, template, locale, turn }: SidesProps): VNode {
  const { navigation } = useInbox();
  const { text, error } = rendering;
  const tabs = tabsOf(rendering);
  const asked = navigation.route.value.query['tab'];
  const current = tabs.find(({ key }) => key === asked)?.key ?? tabs[0]?.key ?? 'text';
  const select = (tab: Key): void =>
    navigation.go(hrefOf('gallery', template.name, { locale, tab }), { replace: true });
  return (
    <Tabs label="Sides of this template" tabs={tabs} current={current} onSelect={select}>
      {current === 'error' && error !== undefined ? <RenderError error={error} /> : null}
      {current === 'html' ? <HtmlSide name={template.name} locale={locale} turn={turn} /> : null}
      {current === 'text' ? <TextSide text={text} /> : null}
      {current === 'variables' ? <VariablesTab rendering={rendering} /> : null}
    </Tabs>
  );
}

interface HtmlSideProps {
  readonly name: string;
  readonly locale: string | undefined;
  /** Counts saves: another address, so that the frame reads it again. */
  readonly turn: number;
}

function HtmlSide({ name, locale, turn }: HtmlSideProps): VNode {
  const src = (view: HtmlView): string => apiUrl(`templates/${name}.html`, { locale, turn, ...view });
  return <Preview title={`HTML of template ${name}`} src={src} remoteImages />;
}

function TextSide({ text }: { readonly text: string | undefined }): VNode {
  if (text === undefined) return <Empty title="It has no text part." />;
  return (
    <pre class="text" tabIndex={0}>
      {text}
    </pre>
  );
}
