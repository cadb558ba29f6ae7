import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/** Rows drawn above and below the visible ones. */
const MARGIN = 6;
/** Distance from the end, in rows, at which the list loads more. */
const NEAR_END = 20;

interface VirtualListProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** Height of every row, in pixels. */
  readonly rowHeight: number;
  readonly row: (item: Item) => VNode;
  /** Key of the row to scroll to whenever this key changes, but not when the row moves later; empty for none. */
  readonly chosen: string;
  readonly onNearEnd: () => void;
  /** Number of all rows, including those not loaded yet. */
  readonly total: number;
}

/** A list that draws only visible rows. */
export function VirtualList<Item>(props: VirtualListProps<Item>): VNode {
  const { items, rowHeight, chosen } = props;
  const box = useRef<HTMLDivElement>(null);
  const view = useViewport(box);
  const place = items.findIndex((item) => props.keyOf(item) === chosen);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - MARGIN);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + MARGIN);
  useEffect(() => {
    if (last >= items.length - NEAR_END) props.onNearEnd();
  }, [last, items.length]);
  useLayoutEffect(() => {
    if (box.current !== null && place >= 0) reveal(box.current, place * rowHeight, rowHeight);
  }, [chosen, place >= 0]);
  return (
    <div class="scroller" ref={box}>
      <ul aria-label={props.label} style={{ height: `${items.length * rowHeight}px` }}>
        {items.slice(first, last).map((item, offset) => (
          <li
            key={props.keyOf(item)}
            aria-setsize={props.total}
            aria-posinset={first + offset + 1}
            style={{ height: `${rowHeight}px`, transform: `translateY(${(first + offset) * rowHeight}px)` }}
          >
            {props.row(item)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function reveal(box: HTMLElement, top: number, height: number): void {
  if (top < box.scrollTop) box.scrollTo({ top });
  else if (top + height > box.scrollTop + box.clientHeight)
    box.scrollTo({ top: top + height - box.clientHeight });
}

interface Viewport {
  readonly top: number;
  readonly height: number;
}

/** The visible part of the box. */
function useViewport(box: { readonly current: HTMLElement | null }): Viewport {
  const view = useSignal<Viewport>({ top: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = (): void => {
      view.value = { top: element.scrollTop, height: element.clientHeight };
    };
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  return view.value;
}
