/** Galleries that stay open between operations with their codes in memory, for servers. */
import { statSync } from "node:fs";
import type { GalleryStore } from "../store/gallery-store.ts";
import { isPostgresAddress } from "../store/postgres/postgres-address.ts";
import { type BorrowedGallery, lend } from "./borrow-gallery.ts";
import { defaultGallery, type OpenGalleryOptions, openGallery } from "./open-gallery.ts";
import { SearchCache } from "./search-cache.ts";

type Opened = { readonly store: GalleryStore; readonly search: SearchCache; readonly file: string | undefined };
type Entry = { readonly opened: Promise<Opened>; readonly ended: PromiseWithResolvers<void>; users: number; isRetired: boolean };

export class GalleryCache {
  readonly #open: typeof openGallery;
  readonly #kept = new Map<string, Entry>();

  /** @param open default: {@link openGallery} */
  constructor(open: typeof openGallery = openGallery) {
    this.#open = open;
  }

  /** Opens a gallery on first use and shares it. @throws FaceNetError as {@link openGallery} */
  async borrow(name: string | undefined, options: OpenGalleryOptions = {}): Promise<BorrowedGallery> {
    const path = name ?? defaultGallery();
    for (;;) {
      const kept = this.#kept.get(path) ?? this.#keep(path, options);
      kept.users++;
      try {
        const { store, search, file } = await kept.opened;
        if (file === fileOf(path)) {
          return lend(
            store,
            (method) => search.open(method),
            () => this.#giveBack(kept),
          );
        }
      } catch (error) {
        this.#retire(path, kept);
        await this.#giveBack(kept);
        throw error;
      }
      this.#retire(path, kept); // the file was replaced
      await this.#giveBack(kept);
    }
  }

  /** Closes all galleries, each once all borrowers have given it back. */
  async close(): Promise<void> {
    const all = [...this.#kept];
    for (const [path, kept] of all) this.#retire(path, kept);
    await Promise.all(all.map(([, { ended }]) => ended.promise));
  }

  #keep(path: string, options: OpenGalleryOptions): Entry {
    const opened = this.#open(path, options).then(async (store): Promise<Opened> => {
      return { store, search: new SearchCache(store), file: fileOf(path) };
    });
    const kept: Entry = { opened, ended: Promise.withResolvers(), users: 0, isRetired: false };
    kept.ended.promise.catch(() => undefined); // reported to those who await it
    this.#kept.set(path, kept);
    return kept;
  }

  #retire(path: string, kept: Entry): void {
    if (kept.isRetired) return;
    kept.isRetired = true;
    if (this.#kept.get(path) === kept) this.#kept.delete(path);
    if (kept.users === 0) this.#end(kept);
  }

  async #giveBack(kept: Entry): Promise<void> {
    kept.users--;
    if (!kept.isRetired || kept.users > 0) return;
    this.#end(kept);
    await kept.ended.promise;
  }

  #end({ opened, ended }: Entry): void {
    const end = async (): Promise<void> => {
      const { store, search } = (await opened.catch(() => undefined)) ?? {};
      await search?.close();
      await store?.close();
    };
    end().then(ended.resolve, ended.reject);
  }
}

/**
 * Identity of the file at a path; undefined if there is none, and for a database server. Synchronous, because an asynchronous
 * call would queue for a libuv thread behind image decoding.
 */
function fileOf(path: string): string | undefined {
  if (isPostgresAddress(path)) return undefined;
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    return found && `${found.dev}:${found.ino}`;
  } catch {
    return undefined; // opening it reports why
  }
}
