/** Cursor pagination: each page gives the cursor of the next one. */
import * as z from "zod";

export const pageOptions = {
  after: z.int().min(0).default(0).describe("`next` of the previous page"),
  limit: z.int().min(1).max(1000).default(100).describe("items per page"),
};

export const next = z.int().nullable().describe("value of `after` for the next page; null on the last page");

/** The first page of a stream, and the cursor of the next. */
export async function firstPage<T extends { readonly id: number }>(
  items: AsyncIterable<T>,
  limit: number,
): Promise<{ readonly items: T[]; readonly next: number | null }> {
  const page: T[] = [];
  for await (const item of items) {
    if (page.length === limit) return { items: page, next: page.at(-1)?.id ?? null };
    page.push(item);
  }
  return { items: page, next: null };
}
