/** How long lies between photographs: after ten years a face is not reliably the same to any model here (docs/models.md). */
import type { GalleryStore } from "../store/gallery-store.ts";

const YEAR_MS = 365.25 * 86_400_000;

/** Between two dates as photographs have them, local time; null where one is not known. */
export function yearsApart(a: string | null | undefined, b: string | null | undefined): number | null {
  const years = Math.abs(Date.parse(a ?? "") - Date.parse(b ?? "")) / YEAR_MS;
  return Number.isNaN(years) ? null : years;
}

/** Photographs' dates by their numbers; those without are left out. */
export async function photographDates(store: GalleryStore): Promise<Map<number, string>> {
  const dates = new Map<number, string>();
  for await (const { id, takenAt } of store.photographs()) if (takenAt !== null) dates.set(id, takenAt);
  return dates;
}
