/**
 * Virtual grid: only the cards in view exist, so 100,000 cost as much as 50. Columns share the width; a card is square, plus
 * room for a caption. The caller renders a card by its index and is told which indices are in view.
 */
import type { ComponentChildren, Ref } from "preact";
import { useEffect, useImperativeHandle, useRef, useState } from "preact/hooks";

/** Extra rows rendered above and below the view. */
const SPARE_ROWS = 3;
/** Minimum number of columns, for phones. */
const FEWEST_COLUMNS = 2;

type View = { readonly columns: number; readonly rowHeight: number; readonly first: number; readonly last: number };
export type GridHandle = { readonly scrollTo: (place: number) => void };

export function VirtualGrid({
  count,
  cardWidth,
  captionHeight = 0,
  label,
  onView,
  card,
  handle = null,
}: {
  readonly count: number;
  /** Minimum width of a card, pixels. */
  readonly cardWidth: number;
  /** Height of the caption below the square, pixels. */
  readonly captionHeight?: number;
  readonly label: string;
  /** Called with the range [first, last) in view. */
  readonly onView: (first: number, last: number) => void;
  readonly card: (place: number) => ComponentChildren;
  readonly handle?: Ref<GridHandle>;
}) {
  const list = useRef<HTMLUListElement>(null);
  const [view, setView] = useState<View>({ columns: FEWEST_COLUMNS, rowHeight: cardWidth + captionHeight, first: 0, last: 0 });

  useEffect(() => {
    const measure = () => {
      const element = list.current;
      if (!element) return;
      const { top, width } = element.getBoundingClientRect();
      const columns = Math.max(FEWEST_COLUMNS, Math.floor(width / cardWidth));
      const rowHeight = Math.floor(width / columns) + captionHeight;
      const firstRow = Math.max(0, Math.floor(-top / rowHeight) - SPARE_ROWS);
      const lastRow = Math.max(0, Math.ceil((innerHeight - top) / rowHeight) + SPARE_ROWS);
      const last = Math.min(count, lastRow * columns);
      const next = { columns, rowHeight, first: Math.min(firstRow * columns, last), last };
      setView((before) => (Object.entries(next).every(([key, value]) => before[key as keyof View] === value) ? before : next));
    };
    measure();
    addEventListener("scroll", measure, { passive: true });
    // also when content above it grows
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => {
      removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [count, cardWidth, captionHeight]);

  const { columns, rowHeight, first, last } = view;
  useEffect(() => {
    if (last > first) onView(first, last);
  }, [first, last, onView]);
  useImperativeHandle(
    handle,
    () => ({
      scrollTo: (place) => {
        const top = list.current?.getBoundingClientRect().top ?? 0;
        scrollTo({ top: scrollY + top + Math.floor(place / columns) * rowHeight - 120 });
      },
    }),
    [columns, rowHeight],
  );

  const rows = Math.ceil(count / columns);
  const places = Array.from({ length: Math.max(0, Math.min(last, count) - first) }, (_, i) => first + i);
  return (
    <ul ref={list} class="grid" aria-label={label} style={{ height: `${rows * rowHeight}px` }}>
      {places.map((place) => (
        <li
          key={place}
          aria-setsize={count}
          aria-posinset={place + 1}
          style={{
            width: `${100 / columns}%`,
            height: `${rowHeight}px`,
            left: `${((place % columns) * 100) / columns}%`,
            top: `${Math.floor(place / columns) * rowHeight}px`,
          }}
        >
          {card(place)}
        </li>
      ))}
    </ul>
  );
}
