/**
 * What the page asks of the service. Types come from the schemas that the routes are made from; nothing else of the
 * program is known here.
 */

import type { Scope } from "../src/schemas/api-key.ts";
import type { Correction, CorrectionRecord, GalleryFace, Person } from "../src/schemas/gallery.ts";
import type { ListedReport, TrainingCurves } from "../src/schemas/report.ts";
import type { TrainingConfiguration } from "../src/schemas/training.ts";
import type { Comparison } from "../src/schemas/verdict.ts";
import { events } from "./events.ts";
import { requireAnswer } from "./service-error.ts";
import { session, withKey } from "./session.ts";

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
  readonly operation: string;
  readonly state: "waiting" | "running" | "done" | "failed" | "cancelled";
  readonly progress: { readonly done: number; readonly total: number | null } | null;
  readonly error: { readonly message: string } | null;
};
export type Access = {
  readonly keyNeeded: boolean;
  /** of the key; null without one */
  readonly name: string | null;
  readonly scope: Scope;
};
export type Report = ListedReport & {
  readonly curves: TrainingCurves | null;
  readonly configuration: TrainingConfiguration | null;
};
export type Statistics = {
  readonly photographs: number;
  readonly faces: number;
  readonly people: number;
  readonly unassignedFaces: number;
};

/** Of a learning curve: more would be noise at the width of a chart. */
const POINTS = 100;

async function ask<T>(path: string, init: RequestInit = {}, key = session.key()): Promise<T> {
  const response = await requireAnswer(await fetch(path, { ...init, headers: withKey(init.headers, key) }));
  return (await response.json()) as T;
}

function say<T>(path: string, body: unknown): Promise<T> {
  // The key lets the service answer a repeated request once.
  const headers = { "content-type": "application/json", "idempotency-key": randomId() };
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

/** crypto.randomUUID is for addresses with TLS and for loopback only. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const thumbnailOf = (face: number, size = 160): string => `/v1/faces/${face}/thumbnail?size=${size}`;
export const pictureOf = (photograph: number, size = 1600): string => `/v1/photographs/${photograph}/picture?size=${size}`;

export const api = {
  statistics: () => ask<Statistics>("/v1/statistics"),
  people: (after: number, limit: number, search = "") =>
    ask<{ people: ListedPerson[]; total: number }>(
      `/v1/people?after=${after}&limit=${limit}&search=${encodeURIComponent(search)}`,
    ),
  person: (id: number) => ask<ListedPerson>(`/v1/people/${id}`),
  facesOf: (person: number, after: number, limit: number) =>
    ask<{ faces: ShownFace[]; next: number | null }>(`/v1/faces?person=${person}&after=${after}&limit=${limit}`),
  correct: (correction: Correction) => say<CorrectionRecord>("/v1/corrections", { correction }),
  undo: () => say<{ undone: CorrectionRecord | null }>("/v1/corrections/undo", {}),
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
  jobs: () => ask<{ jobs: Job[] }>("/v1/jobs"),
  stopJob: (id: string) => ask<Job>(`/v1/jobs/${id}`, { method: "DELETE" }),
  watchJob: (id: string, signal: AbortSignal) => events<Job>(`/v1/jobs/${id}/events`, signal),
  reports: () => ask<{ reports: ListedReport[] }>("/v1/reports"),
  report: (id: string) => ask<Report>(`/v1/reports/${id}?points=${POINTS}`),
  watchTraining: (id: string, signal: AbortSignal) => events<TrainingCurves>(`/v1/reports/${id}/events?points=${POINTS}`, signal),
  /** An address of a report's page that a frame can open: it needs no key, for a minute. */
  reportLink: (id: string) => ask<{ url: string }>(`/v1/reports/${id}/link`, { method: "POST" }),
  /** What may be done with a key, or without. */
  access: (key: string | null) => ask<Access>("/v1/access", {}, key),
};
