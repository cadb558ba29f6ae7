import type { ComponentChildren, VNode } from 'preact';
import { useId, useRef } from 'preact/hooks';

export interface Tab<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly count?: number;
}

interface TabsProps<Key extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Key>[];
  readonly current: Key;
  readonly onSelect: (key: Key) => void;
  readonly children: ComponentChildren;
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** Tabs after the ARIA pattern: one stop for the Tab key, arrows move between them. */
export function Tabs<Key extends string>({
  label,
  tabs,
  current,
  onSelect,
  children,
}: TabsProps<Key>): VNode {
  const id = useId();
  const bar = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    const index = tabs.findIndex(({ key }) => key === current) + step;
    const next = tabs[(index + tabs.length) % tabs.length];
    if (next === undefined) return;
    onSelect(next.key);
    bar.current?.querySelector<HTMLElement>(`[data-tab="${next.key}"]`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={bar} onKeyDown={move}>
        {tabs.map((tab) => (
          <TabButton key={tab.key} id={id} tab={tab} selected={tab.key === current} onSelect={onSelect} />
        ))}
      </div>
      <div class="panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current}`} tabIndex={0}>
        {children}
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
