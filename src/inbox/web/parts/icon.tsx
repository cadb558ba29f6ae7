import type { VNode } from 'preact';

/** Outlines on a 16 × 16 grid. */
const PATHS = {
  mail: 'M2 4.5h12v8H2zM2.5 5l5.5 4 5.5-4',
  clip: 'M13 7.5l-5 5a3 3 0 0 1-4.2-4.2l5.2-5.3a2 2 0 0 1 2.9 2.9L6.8 11a1 1 0 0 1-1.5-1.4L10 5',
  copy: 'M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3',
  done: 'M3 8.5l3.2 3.2L13 5',
  trash: 'M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4',
  download: 'M8 2.5v7.5M5 7l3 3 3-3M3 12.5h10',
  send: 'M14 2L2 7l4.5 2L14 2zM6.5 9L8.5 14 14 2',
  unread: 'M2 4.5h8M2.5 5l5.5 4 3-2M2 4.5v8h12V8',
  back: 'M9.5 3L4.5 8l5 5',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.5 10.5l3 3',
  help: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.3M8 11.2v.3',
  queue: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  template: 'M2.5 2.5h11v11h-11zM2.5 6h11M6.5 6v7.5',
  chaos: 'M8.8 1.5L3.5 9H8l-.8 5.5L12.5 7H8z',
  link: 'M6.8 9.2a2.5 2.5 0 0 0 3.5 0l2.2-2.2A2.5 2.5 0 0 0 9 3.5L8 4.4M9.2 6.8a2.5 2.5 0 0 0-3.5 0L3.5 9A2.5 2.5 0 0 0 7 12.5l1-.9',
  close: 'M4 4l8 8M12 4l-8 8',
} as const;

export type IconName = keyof typeof PATHS;

/** A decorative icon; its parent must have an accessible name. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
