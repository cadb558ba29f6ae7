import { signal } from '@preact/signals';

/** As the style sheet has it. */
const NARROW = matchMedia('(max-width: 760px)');
const narrow = signal(NARROW.matches);
NARROW.addEventListener('change', ({ matches }) => {
  narrow.value = matches;
});

/** Whether there is room for one thing only. */
export function useNarrow(): boolean {
  return narrow.value;
}
