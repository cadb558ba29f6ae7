import { signal } from '@preact/signals';

/** Same breakpoint as in the style sheet. */
const NARROW = matchMedia('(max-width: 760px)');
const narrow = signal(NARROW.matches);
NARROW.addEventListener('change', ({ matches }) => {
  narrow.value = matches;
});

/** Whether the window has space for only one column. */
export function useNarrow(): boolean {
  return narrow.value;
}
