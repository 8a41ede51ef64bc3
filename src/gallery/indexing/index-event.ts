/** What became of one file, as it happens. Files that have not changed are no event. */
export type IndexEvent =
  | { readonly kind: "added"; readonly path: string; readonly faces: number }
  /** its content was known: a copy, moved or renamed */
  | { readonly kind: "moved"; readonly path: string }
  | { readonly kind: "failed"; readonly path: string; readonly code: string; readonly message: string }
  | { readonly kind: "gone"; readonly path: string };
