import type { VNode } from 'preact';

import { readTemplates } from '../api/inbox-api.js';
import { useInbox } from '../inbox.js';
import { Empty, Problem } from '../parts/empty.js';
import { useNarrow } from '../parts/use-narrow.js';
import { useLoad } from '../state/use-load.js';
import { TemplateList } from './template-list.js';
import { TemplatePage } from './template-page.js';

/** Shows every template, rendered with its sample again after each save. */
export function GalleryPage(): VNode {
  const { live, router } = useInbox();
  const { value: templates, error, reload } = useLoad(readTemplates, `${live.news('template').value}`);
  const narrow = useNarrow();
  const { name } = router.route.value;
  if (error !== undefined) return <Problem error={error} onRetry={reload} />;
  if (templates === undefined) return <div class="empty" aria-busy="true" />;
  if (templates.length === 0) return <NoTemplates />;
  const shown = templates.find((template) => template.name === name) ?? (narrow ? undefined : templates[0]);
  return (
    <div class={name === '' ? 'mails' : 'mails chosen'}>
      <h1 class="hidden">Templates</h1>
      <TemplateList templates={templates} current={shown?.name ?? ''} />
      {shown === undefined ? null : <TemplatePage key={shown.name} template={shown} />}
    </div>
  );
}

function NoTemplates(): VNode {
  return (
    <Empty title="No templates yet.">
      <p>
        Put <code>welcome.hbs</code> into the templates folder; it appears here once it is saved.
      </p>
    </Empty>
  );
}
