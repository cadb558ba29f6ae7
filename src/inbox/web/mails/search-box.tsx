import { useComputed, useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { Icon } from '../parts/icon.js';

/** Milliseconds without a key press before the search starts. */
const PAUSE_MS = 150;
const TERMS = ['to:', 'subject:', 'template:', 'tag:', 'has:attachment'] as const;

interface SearchBoxProps {
  readonly value: string;
  readonly onSearch: (q: string) => void;
}

export function SearchBox({ value, onSearch }: SearchBoxProps): VNode {
  const input = useRef<HTMLInputElement>(null);
  const open = useSignal(false);
  const typed = useSignal(value);
  const rest = useComputed(() => TERMS.filter((term) => !typed.value.includes(term)));
  useEffect(() => {
    if (value !== typed.peek().trim()) typed.value = value;
  }, [value]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed.value.trim() !== value) onSearch(typed.value.trim());
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed.value]);
  const add = (term: string): void => {
    typed.value = `${typed.value.trimEnd()} ${term}`.trimStart();
    input.current?.focus();
  };
  return (
    <search class="search" onFocusIn={() => (open.value = true)} onFocusOut={() => (open.value = false)}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        data-search=""
        aria-label="Search mails"
        placeholder="Search, or to:ada template:welcome"
        value={typed.value}
        onInput={(event) => (typed.value = event.currentTarget.value)}
      />
      {open.value ? <Terms terms={rest.value} onPick={add} /> : null}
    </search>
  );
}

interface TermsProps {
  readonly terms: readonly string[];
  readonly onPick: (term: string) => void;
}

/** Offers search terms. Cancels `mousedown`, which would take the focus from the input before the click. */
function Terms({ terms, onPick }: TermsProps): VNode {
  return (
    <div class="terms" onMouseDown={(event) => event.preventDefault()}>
      {terms.map((term) => (
        <button key={term} type="button" class="chip" onClick={() => onPick(term)}>
          {term}
        </button>
      ))}
    </div>
  );
}
