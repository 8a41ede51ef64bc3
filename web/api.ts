/** What the page asks of the service: the typed client of the HTTP contract, with the session's key. */
import { createClient, serviceErrorOf } from "../src/client/create-client.ts";
import type { Answer } from "../src/contract/contract.ts";
import type { Correction } from "../src/schemas/gallery.ts";
import { session, tellRefused, withKey } from "./session.ts";

export type { Job } from "../src/contract/service-calls.ts";
export type Access = Awaited<Answer<"access">>;
export type ListedPerson = Awaited<Answer<"person">>;
export type ShownFace = Awaited<Answer<"face">>;
export type Statistics = Awaited<Answer<"statistics">>;
export type Report = Awaited<Answer<"report">>;
export type Found = Awaited<Answer<"find">>;
export type Alike = Awaited<Answer<"lookalike">>["people"][number];
export type Added = Awaited<Answer<"addPhotographs">>["photographs"][number];
export type Identified = Extract<Awaited<Answer<"identify">>["photographs"][number], { faces: unknown }>;

/** Points of a learning curve: more are not visible at the width of a chart. */
const POINTS = 100;

/** Sends the key; a 401 opens the sign-in page. */
async function fetchAs(key: string | null, url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, headers: withKey(init?.headers, key) });
  if (response.status === 401) tellRefused((await serviceErrorOf(response.clone())).code);
  return response;
}
const service = createClient({ url: "", fetch: (url, init) => fetchAs(session.key(), url, init) });

/** Lets the service execute a repeated request once. crypto.randomUUID exists only with TLS and at loopback. */
const once = () => ({
  idempotencyKey: Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
});

export const thumbnailOf = (face: number, size = 160): string => `/v1/faces/${face}/thumbnail?size=${size}`;
export const pictureOf = (photograph: number, size = 1600): string => `/v1/photographs/${photograph}/picture?size=${size}`;

/** A picture of the service for a session with a key, which `<img>` does not send. @throws ServiceError */
export async function loadPicture(path: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetchAs(session.key(), path, { signal });
  if (!response.ok) throw await serviceErrorOf(response);
  return response.blob();
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const api = {
  statistics: () => service.statistics({}),
  people: (after: number, limit: number, search = "") => service.people({ after, limit, search }),
  person: (id: number) => service.person({ person: String(id) }),
  facesOf: (person: number, after: number, limit: number) => service.faces({ person: String(person), after, limit }),
  correct: (correction: Correction) => service.correct({ correction }, once()),
  undo: () => service.undo({}, once()),
  add: (images: readonly File[], signal: AbortSignal) => service.addPhotographs({ images }, { signal }),
  compare: (left: Blob, right: Blob) => service.compare({ images: [new File([left], "left"), new File([right], "right")] }),
  find: (image: Blob) => service.find({ image, faces: "largest" }),
  lookalike: (image: Blob) => service.lookalike({ image, faces: "largest", limit: 12 }),
  identify: async (image: Blob, signal?: AbortSignal) => {
    const [photograph] = (await service.identify({ images: [image] }, { signal })).photographs;
    return photograph && "faces" in photograph ? photograph : undefined;
  },
  cluster: () => service.startJob({ operation: "cluster" }, once()),
  jobs: () => service.jobs({}),
  stopJob: (id: string) => service.stopJob({ id }),
  watchJob: (id: string, signal: AbortSignal) => service.watchJob({ id }, { signal }),
  reports: () => service.reports({}),
  report: (report: string) => service.report({ report, points: POINTS }),
  watchTraining: (report: string, signal: AbortSignal) => service.watchTraining({ report, points: POINTS }, { signal }),
  /** Signed URL of a report's page, which a frame opens without the key. */
  reportLink: (report: string) => service.reportLink({ report }),
  /** What the key permits, or null: what is permitted without one. */
  access: (key: string | null) => createClient({ url: "", fetch: (url, init) => fetchAs(key, url, init) }).access({}),
};
