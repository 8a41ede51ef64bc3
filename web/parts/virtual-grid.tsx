/**
 * A grid of cards, of which only those in sight exist: a hundred thousand cost as much as fifty. Columns share the width; a card is
 * as high as it is wide, with room for a caption. Whoever uses it gives cards by their place and is told which places are in sight.
 */
import type { ComponentChildren, Ref } from "preact";
import { useEffect, useImperativeHandle, useRef, useState } from "preact/hooks";

/** Rows kept above and below what is in sight. */
const SPARE_ROWS = 3;
/** On a telephone two columns at least. */
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
  /** narrowest card, pixels */
  readonly cardWidth: number;
  /** pixels below the square */
  readonly captionHeight?: number;
  readonly label: string;
  /** Called with the places from `first` to before `last`. */
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
    // also when something above it grows
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
