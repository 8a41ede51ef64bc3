/** Typed client of the HTTP API, authenticated with the session's key. */
import { createClient, ServiceError, serviceErrorOf } from "../src/client/create-client.ts";
import type { Answer } from "../src/contract/contract.ts";
import type { Box } from "../src/schemas/face.ts";
import { session, tellRefused, withKey } from "./session.ts";
import type { PeopleQuery } from "./state/find.ts";

export type { Job } from "../src/contract/service-calls.ts";
export type Access = Awaited<Answer<"access">>;
export type ListedPerson = Awaited<Answer<"person">>;
export type DatedFace = Awaited<Answer<"datedFaces">>["faces"][number];
export type Month = Awaited<Answer<"datedFaces">>["months"][number];
export type LikelyGroup = Awaited<Answer<"unassigned">>["groups"][number];
export type ShownPhotograph = Awaited<Answer<"photograph">>;
export type PhotographFace = ShownPhotograph["faces"][number];
export type Report = Awaited<Answer<"report">>;
export type Found = Awaited<Answer<"find">>;
export type Alike = Awaited<Answer<"lookalike">>["people"][number];
export type Added = Awaited<Answer<"addPhotographs">>["photographs"][number];
export type Identified = Extract<Awaited<Answer<"identify">>["photographs"][number], { faces: unknown }>;
export type Question = Awaited<Answer<"suggestions">>["suggestions"][number];
export type Said = Awaited<Answer<"correct">>;

/** Points per learning curve; more would not be visible at the width of a chart. */
const POINTS = 100;

/** Adds the key, and an idempotency key, because browsers may repeat a request. On a 401 the sign-in page opens. */
async function fetchAs(key: string | null, url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const headers = withKey(init?.headers, key);
  if (init?.method === "POST") headers.set("idempotency-key", randomId());
  const response = await fetch(url, { ...init, headers });
  if (response.status === 401) tellRefused((await serviceErrorOf(response.clone())).code);
  return response;
}
const service = createClient({ url: "", fetch: (url, init) => fetchAs(session.key(), url, init) });

/** crypto.randomUUID exists only over TLS and on loopback. */
const randomId = (): string =>
  crypto.getRandomValues(new Uint8Array(16)).reduce((id, byte) => id + byte.toString(16).padStart(2, "0"), "");

export const thumbnailOf = (face: number, size = 160): string => `/v1/faces/${face}/thumbnail?size=${size}`;
export const pictureOf = (photograph: number, size = 1600): string => `/v1/photographs/${photograph}/picture?size=${size}`;

/** Fetches a picture with the key, which `<img>` does not send. @throws ServiceError */
export async function loadPicture(path: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetchAs(session.key(), path, { signal });
  if (!response.ok) throw await serviceErrorOf(response);
  return response.blob();
}

/** Refers to a person by id; a plain number would be read as a name. */
const person = (id: number) => `id:${id}`;

/** The service's calls; some take the page's own values. */
export const api = {
  ...service,
  person: (id: number) => service.person({ person: person(id) }),
  facesOf: (id: number, after: number, limit: number) => service.datedFaces({ person: person(id), after, limit }),
  answerQuestion: ({ person: one, group, faces }: Question, answer: "yes" | "no" | "unsure") => {
    const asked = group ? { group: person(group.id) } : { face: faces[0] as number };
    return service.answerSuggestion({ person: person(one.id), answer, ...asked });
  },
  drawFace: (photograph: number, { x, y, width, height }: Box, name: string | undefined) =>
    service.drawFace({ photograph: String(photograph), box: [x, y, width, height], ...(name !== undefined && { name }) }),
  compare: (left: Blob, right: Blob) => service.compare({ images: [new File([left], "left"), new File([right], "right")] }),
  /** @param position index of the face in the answer of identify */
  find: (image: Blob, position: number) => service.find({ image, position }),
  findPeople: ({ person: sought, without, match }: PeopleQuery) =>
    service.find({ person: sought.map(({ id }) => person(id)), without: without.map(({ id }) => person(id)), match }),
  lookalike: (image: Blob, position: number) => service.lookalike({ image, position, limit: 12 }),
  identify: async (image: Blob, signal?: AbortSignal) => {
    const [photograph] = (await service.identify({ images: [image] }, { signal })).photographs;
    return photograph && "faces" in photograph ? photograph : undefined;
  },
  cluster: () => service.startJob({ operation: "cluster" }),
  report: (report: string) => service.report({ report, points: POINTS }),
  watchTraining: (report: string, signal: AbortSignal) => service.watchTraining({ report, points: POINTS }, { signal }),
  /** What a key permits; null asks for what is permitted without a key. */
  access: (key: string | null) => createClient({ url: "", fetch: (url, init) => fetchAs(key, url, init) }).access({}),
};

/**
 * Uploads one photograph. Uses XMLHttpRequest, because `fetch` does not report upload progress.
 *
 * @param onSent called with the share sent, 0 to 1
 * @throws ServiceError; TypeError if the service cannot be reached; the signal's reason
 */
export function addPhotograph(file: File, signal: AbortSignal, onSent: (share: number) => void): Promise<Added> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/photographs");
    for (const [name, value] of withKey()) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 0 : loaded / total);
    request.onerror = () => reject(new TypeError("the service cannot be reached"));
    request.onabort = () => reject(signal.reason);
    request.onload = async () => {
      const retryAfter = request.getResponseHeader("retry-after");
      const headers = { "content-type": "application/json", ...(retryAfter !== null && { "retry-after": retryAfter }) };
      const response = new Response(request.responseText, { status: request.status, headers });
      if (!response.ok) {
        const error = await serviceErrorOf(response);
        if (error.status === 401) tellRefused(error.code);
        return reject(error);
      }
      const { photographs } = (await response.json()) as Awaited<Answer<"addPhotographs">>;
      const [added] = photographs;
      if (!added) return reject(new TypeError("the service answered with no photograph"));
      if (added.error)
        return reject(
          new ServiceError(added.error.message, {
            code: added.error.code,
            status: 422,
            requestId: undefined,
            retryAfterSeconds: undefined,
          }),
        );
      resolve(added);
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    const body = new FormData();
    body.append("images", file, file.name);
    request.send(body);
  });
}
