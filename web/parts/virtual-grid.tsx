/**
 * A grid of cards of one size, of which only those in sight exist: a hundred thousand cost as much as fifty. Whoever uses it
 * gives cards by their place and is told which places are in sight.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Rows kept above and below what is in sight. */
const SPARE_ROWS = 3;

type View = { readonly columns: number; readonly first: number; readonly last: number };

export function VirtualGrid({
  count,
  cardWidth,
  cardHeight,
  label,
  onView,
  card,
}: {
  readonly count: number;
  readonly cardWidth: number;
  readonly cardHeight: number;
  readonly label: string;
  /** Called with the places from `first` to before `last`. */
  readonly onView: (first: number, last: number) => void;
  readonly card: (place: number) => ComponentChildren;
}) {
  const list = useRef<HTMLUListElement>(null);
  const [view, setView] = useState<View>({ columns: 1, first: 0, last: 0 });

  useEffect(() => {
    const measure = () => {
      const element = list.current;
      if (!element) return;
      const { top, width } = element.getBoundingClientRect();
      const columns = Math.max(1, Math.floor(width / cardWidth));
      const firstRow = Math.max(0, Math.floor(-top / cardHeight) - SPARE_ROWS);
      const lastRow = Math.ceil((innerHeight - top) / cardHeight) + SPARE_ROWS;
      const next = { columns, first: firstRow * columns, last: Math.max(0, Math.min(count, lastRow * columns)) };
      setView((before) =>
        before.columns === next.columns && before.first === next.first && before.last === next.last ? before : next,
      );
    };
    measure();
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [count, cardWidth, cardHeight]);

  const { columns, first, last } = view;
  useEffect(() => onView(first, last), [first, last, onView]);

  const rows = Math.ceil(count / columns);
  const places = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  return (
    <ul ref={list} class="grid" aria-label={label} style={{ height: `${rows * cardHeight}px` }}>
      {places.map((place) => (
        <li
          key={place}
          aria-setsize={count}
          aria-posinset={place + 1}
          style={{
            width: `${100 / columns}%`,
            height: `${cardHeight}px`,
            left: `${((place % columns) * 100) / columns}%`,
            top: `${Math.floor(place / columns) * cardHeight}px`,
          }}
        >
          {card(place)}
        </li>
      ))}
    </ul>
  );
}
