/**
 * What the page asks of the service. Types come from the schemas that the routes are made from; nothing else of the
 * program is known here.
 */
import type { Correction, CorrectionRecord, GalleryFace, Person } from "../src/schemas/gallery.ts";
import type { Comparison } from "../src/schemas/verdict.ts";

export type ListedPerson = Person & { readonly cover: number | null };
export type ShownFace = Omit<GalleryFace, "code" | "vector">;
export type FoundPhotograph = {
  readonly paths: readonly string[];
  readonly takenAt: string | null;
  readonly face: number;
  readonly distance: number | null;
  readonly person: number | null;
};
export type Found = {
  readonly threshold: number | null;
  readonly person: { readonly id: number; readonly name: string | null } | null;
  readonly photographs: readonly FoundPhotograph[];
};
export type Alike = {
  readonly person: number | null;
  readonly name: string | null;
  readonly face: number;
  readonly distance: number;
};
export type Identified = {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly (Pick<ShownFace, "box"> & {
    readonly person: number | null;
    readonly name: string | null;
    readonly distance: number | null;
  })[];
};
export type Added = {
  readonly image: string;
  readonly photograph: number | null;
  readonly faces: readonly ShownFace[];
  readonly error: { readonly code: string; readonly message: string } | null;
};
export type Job = {
  readonly id: string;
  readonly state: "waiting" | "running" | "done" | "failed" | "cancelled";
  readonly progress: { readonly done: number; readonly total: number | null } | null;
  readonly error: { readonly message: string } | null;
};
export type Statistics = {
  readonly photographs: number;
  readonly faces: number;
  readonly people: number;
  readonly unassignedFaces: number;
};

/** What the service said instead of an answer: its code and message, which name the thing, the rule and the way out. */
export class ServiceError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, init);
  const body = (await response.json().catch(() => undefined)) as { error?: { code: string; message: string } } | undefined;
  if (!response.ok)
    throw new ServiceError(body?.error?.code ?? String(response.status), body?.error?.message ?? response.statusText);
  return body as T;
}

function say<T>(path: string, body: unknown): Promise<T> {
  // The key lets the service answer a repeated request once.
  const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

function send<T>(
  path: string,
  photographs: readonly (readonly [field: string, file: Blob, name: string])[],
  fields: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<T> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const [field, file, name] of photographs) form.append(field, file, name);
  return ask(path, { method: "POST", body: form, ...(signal && { signal }) });
}

export const thumbnailOf = (face: number, size = 160): string => `/v1/faces/${face}/thumbnail?size=${size}`;
export const pictureOf = (photograph: number, size = 1600): string => `/v1/photographs/${photograph}/picture?size=${size}`;

export const api = {
  statistics: () => ask<Statistics>("/v1/statistics"),
  people: (after: number, limit: number) =>
    ask<{ people: ListedPerson[]; total: number }>(`/v1/people?after=${after}&limit=${limit}`),
  person: (id: number) => ask<ListedPerson>(`/v1/people/${id}`),
  facesOf: (person: number, after: number, limit: number) =>
    ask<{ faces: ShownFace[]; next: number | null }>(`/v1/faces?person=${person}&after=${after}&limit=${limit}`),
  correct: (correction: Correction) => say<CorrectionRecord>("/v1/corrections", { correction }),
  undo: () => say<unknown>("/v1/corrections/undo", {}),
  add: (files: readonly File[], signal: AbortSignal) =>
    send<{ photographs: Added[] }>(
      "/v1/photographs",
      files.map((file) => ["images", file, file.name] as const),
      {},
      signal,
    ),
  compare: (left: Blob, right: Blob) =>
    send<Comparison>("/v1/compare", [["images", left, "left"] as const, ["images", right, "right"] as const]),
  find: (image: Blob) => send<Found>("/v1/find", [["image", image, "photograph"]], { faces: "largest" }),
  lookalike: (image: Blob) =>
    send<{ people: Alike[] }>("/v1/lookalike", [["image", image, "photograph"]], { faces: "largest", limit: "12" }),
  identify: async (image: Blob, signal?: AbortSignal) =>
    (await send<{ photographs: Identified[] }>("/v1/identify", [["images", image, "photograph"]], {}, signal)).photographs[0],
  cluster: () => say<Job>("/v1/jobs", { operation: "cluster", input: {} }),
  /** Calls back with every change until the job has ended. @returns stops watching */
  watch: (id: string, onChange: (job: Job) => void): (() => void) => {
    const events = new EventSource(`/v1/jobs/${id}/events`);
    events.addEventListener("job", (event) => {
      const job = JSON.parse((event as MessageEvent<string>).data) as Job;
      if (!["waiting", "running"].includes(job.state)) events.close();
      onChange(job);
    });
    return () => events.close();
  },
};
