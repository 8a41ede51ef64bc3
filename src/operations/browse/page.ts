/** Lists in pages: a page says where the next one begins. */
import * as z from "zod";

export const pageOptions = {
  after: z.int().min(0).default(0).describe("`next` of the page before"),
  limit: z.int().min(1).max(1000).default(100).describe("how many on a page"),
};

export const next = z.int().nullable().describe("to be given as `after` for the next page; null on the last");

/** The first of what comes, and where the rest begins. */
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
