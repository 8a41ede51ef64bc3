/** Line icons in the colour of the text. */
const paths = {
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6.5 9c.4-4 3-6 6.5-6s6.100 2 6.500 6M16 4.300a3.500 3.500 0 0 1 0 6.400m2.500 3.700c1.800.9 2.800 2.800 3 5.600",
  photographs: "M3 5h18v14H3zM3 16l5-5 5 5m-1-2 3-3 6 6M15.500 9.500h.01",
  faces: "M4 8V4h4m8 0h4v4m0 8v4h-4m-8 0H4v-4M9 10h.01M15 10h.01M9 14.500c1.700 1.700 4.300 1.700 6 0",
  find: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm5-1.500L21 21",
  upload: "M12 16V4m0 0L7 9m5-5 5 5M4 16v4h16v-4",
  more: "M4 7h16M4 12h16M4 17h16",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  draw: "M4 8V4h4m8 0h4v4m0 8v4h-4m-8 0H4v-4M12 9v6M9 12h6",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.500l4.500 4.500L19 7.500",
  open: "M14 4h6v6m0-6-8 8M10 5H5v14h14v-5",
  hide: "M3 3l18 18M10 6.200A9.500 9.500 0 0 1 12 6c5 0 8 4 9 6-.4.800-1.100 1.900-2.100 2.900M6.500 7.700C4.700 9 3.500 10.800 3 12c1 2 4 6 9 6 1.600 0 3-.4 4.200-1",
  edit: "M4 20h4L19 9l-4-4L4 16z",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4m8-4v4",
} as const;
export type IconName = keyof typeof paths;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
