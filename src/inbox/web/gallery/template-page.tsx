import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';

import type { TemplatePage, TemplateSummary } from '../../api/templates.js';
import { apiUrl } from '../api/client.js';
import { readTemplate, sendSample } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { IconButton } from '../parts/button.js';
import { Empty, Problem } from '../parts/empty.js';
import { Icon } from '../parts/icon.js';
import { Segmented } from '../parts/segmented.js';
import { SendDialog } from '../parts/send-dialog.js';
import { type Tab, Tabs } from '../parts/tabs.js';
import { TextBlock } from '../parts/text-block.js';
import { type PreviewQuery, Preview } from '../preview/preview.js';
import { hrefOf } from '../route.js';
import { useLoad } from '../state/use-load.js';
import { VariablesTab } from './variables-tab.js';

type TemplateTab = 'error' | 'html' | 'text' | 'variables';

/** Shows a template, rendered with its sample in one of its locales. */
export function TemplatePage({ template }: { readonly template: TemplateSummary }): VNode {
  const { live, router } = useInbox();
  const locale = router.route.value.query['locale'];
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
        <SendDialog
          title={`Send a sample of ${template.name}`}
          to=""
          type="email"
          send={(to) => sendSample(template.name, to, locale)}
          onClose={() => (sending.value = false)}
        />
      ) : null}
    </header>
  );
}

interface LocalesProps {
  readonly template: TemplateSummary;
  readonly current: string | undefined;
}

function Locales({ template, current }: LocalesProps): VNode | null {
  const { router } = useInbox();
  if (template.locales.length === 0) return null;
  const { tab } = router.route.value.query;
  return (
    <Segmented
      legend="Locale"
      options={['', ...template.locales].map((value) => ({ value, label: value === '' ? 'default' : value }))}
      value={current ?? ''}
      onChange={(locale) => router.go(hrefOf('gallery', template.name, { locale, tab }), { replace: true })}
    />
  );
}

interface SidesProps {
  readonly rendering: TemplatePage;
  readonly template: TemplateSummary;
  readonly locale: string | undefined;
  readonly turn: number;
}

function tabsOf({ html, missing, findings, error }: TemplatePage): readonly Tab<TemplateTab>[] {
  const checks: Tab<TemplateTab> = {
    key: 'variables',
    label: 'Variables and checks',
    count: missing.length + findings.length,
  };
  if (error !== undefined) return [{ key: 'error', label: 'Error' }, checks];
  const text: Tab<TemplateTab> = { key: 'text', label: 'Text' };
  return html === undefined ? [text, checks] : [{ key: 'html', label: 'HTML' }, text, checks];
}

function Sides({ rendering, template, locale, turn }: SidesProps): VNode {
  const { text, error } = rendering;
  const sides: Readonly<Record<TemplateTab, () => VNode | null>> = {
    error: () => (error === undefined ? null : <RenderError error={error} />),
    html: () => <HtmlSide name={template.name} locale={locale} turn={turn} />,
    text: () => <TextSide text={text} />,
    variables: () => <VariablesTab rendering={rendering} />,
  };
  return (
    <Tabs label="Sides of this template" tabs={tabsOf(rendering)} view="gallery" name={template.name}>
      {(current) => sides[current]()}
    </Tabs>
  );
}

interface HtmlSideProps {
  readonly name: string;
  readonly locale: string | undefined;
  /** Counts saves; a new number changes the URL and so reloads the frame. */
  readonly turn: number;
}

function HtmlSide({ name, locale, turn }: HtmlSideProps): VNode {
  const src = (view: PreviewQuery): string => apiUrl(`templates/${name}.html`, { locale, turn, ...view });
  return <Preview title={`HTML of template ${name}`} src={src} />;
}

function TextSide({ text }: { readonly text: string | undefined }): VNode {
  if (text === undefined) return <Empty title="It has no text part." />;
  return <TextBlock text={text} />;
}

/** Shows whether CSS is inlined once at compile time or on every send, and why. */
function FastPathVerdict({ fastPath: { fast, reasons } }: Pick<TemplateSummary, 'fastPath'>): VNode {
  if (fast) return <span class="status good">fast path</span>;
  return (
    <details class="verdict">
      <summary class="status warn">CSS inlined on every send</summary>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </details>
  );
}

type Failure = NonNullable<TemplatePage['error']>;

function placeOf({ file, line, column }: Failure): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

function RenderError({ error }: { readonly error: Failure }): VNode {
  return (
    <div class="sheet" role="alert">
      <h3 class="bad-text">It cannot be rendered</h3>
      <pre class="text">{error.message}</pre>
      <p>
        <code>{placeOf(error)}</code>
      </p>
    </div>
  );
}
