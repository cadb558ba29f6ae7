import type { ComponentChildren, VNode } from 'preact';
import { useId, useRef } from 'preact/hooks';

import { useInbox } from '../inbox.js';
import { hrefOf, type View } from '../route.js';

export interface Tab<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly count?: number;
}

interface TabsProps<Key extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Key>[];
  /** Address of the page without its query; `tab` of the query selects the tab. */
  readonly view: View;
  readonly name: string;
  readonly children: (current: Key) => ComponentChildren;
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/**
 * Tabs by the ARIA pattern: the Tab key stops once, and arrow keys move between the tabs. The address of the page
 * says which one is open, by default the first.
 */
export function Tabs<Key extends string>(props: TabsProps<Key>): VNode | null {
  const { label, tabs, view, name, children } = props;
  const { router } = useInbox();
  const id = useId();
  const bar = useRef<HTMLDivElement>(null);
  const { query } = router.route.value;
  const current = (tabs.find(({ key }) => key === query['tab']) ?? tabs[0])?.key;
  if (current === undefined) return null;
  const select = (tab: Key): void => router.go(hrefOf(view, name, { ...query, tab }), { replace: true });
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    const index = tabs.findIndex(({ key }) => key === current) + step;
    const next = tabs[(index + tabs.length) % tabs.length];
    if (next === undefined) return;
    select(next.key);
    bar.current?.querySelector<HTMLElement>(`[data-tab="${next.key}"]`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={bar} onKeyDown={move}>
        {tabs.map((tab) => (
          <TabButton key={tab.key} id={id} tab={tab} selected={tab.key === current} onSelect={select} />
        ))}
      </div>
      <div class="panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current}`} tabIndex={0}>
        {children(current)}
      </div>
    </>
  );
}

interface TabButtonProps<Key extends string> {
  readonly id: string;
  readonly tab: Tab<Key>;
  readonly selected: boolean;
  readonly onSelect: (key: Key) => void;
}

function TabButton<Key extends string>({ id, tab, selected, onSelect }: TabButtonProps<Key>): VNode {
  return (
    <button
      type="button"
      role="tab"
      id={`${id}-${tab.key}`}
      data-tab={tab.key}
      aria-selected={selected}
      aria-controls={`${id}-panel`}
      tabIndex={selected ? 0 : -1}
      onClick={() => onSelect(tab.key)}
    >
      {tab.label}
      {tab.count === undefined || tab.count === 0 ? null : <span class="count">{tab.count}</span>}
    </button>
  );
}
