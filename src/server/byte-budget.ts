/** How many bytes of requests the server holds at once, all together: what goes beyond is refused, not queued. */
import { FaceNetError } from "../errors.ts";

/** What one request holds of the budget. */
export type ByteLease = {
  /** @throws FaceNetError SERVER_BUSY when all requests together would hold too much; REQUEST_TOO_LARGE when this one does */
  readonly take: (bytes: number) => void;
  readonly release: () => void;
};

export class ByteBudget {
  readonly #total: number;
  readonly #perRequest: number;
  #used = 0;

  /** Both in bytes. */
  constructor({ total, perRequest }: { readonly total: number; readonly perRequest: number }) {
    this.#total = total;
    this.#perRequest = perRequest;
  }

  /** bytes held now */
  get used(): number {
    return this.#used;
  }

  /** @throws FaceNetError REQUEST_TOO_LARGE for a length that is announced and too large */
  lease(announced: number): ByteLease {
    let held = 0;
    const refuseMoreThan = (bytes: number): void => {
      if (bytes > this.#perRequest)
        throw new FaceNetError("REQUEST_TOO_LARGE", { what: "it is larger", limit: `${this.#perRequest} bytes` });
    };
    refuseMoreThan(announced);
    return {
      take: (bytes) => {
        refuseMoreThan(held + bytes);
        if (this.#used + bytes > this.#total) throw new FaceNetError("SERVER_BUSY", { what: "too many uploads", seconds: 1 });
        held += bytes;
        this.#used += bytes;
      },
      release: () => {
        this.#used -= held;
        held = 0;
      },
    };
  }
}
