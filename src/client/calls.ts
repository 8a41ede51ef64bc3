/**
 * What the service can be asked, with the types of the operations behind it. Types only: at run time this is a table of
 * addresses, without a dependency, for browsers too. A test holds it beside the server's routes.
 */
import type * as z from "zod";
import type { addPhotographs } from "../operations/add-photographs.ts";
import type { listFaces } from "../operations/browse/list-faces.ts";
import type { listPeople } from "../operations/browse/list-people.ts";
import type { listPhotographs } from "../operations/browse/list-photographs.ts";
import type { showFace } from "../operations/browse/show-face.ts";
import type { showPerson } from "../operations/browse/show-person.ts";
import type { showPhotograph } from "../operations/browse/show-photograph.ts";
import type { showStatistics } from "../operations/browse/show-statistics.ts";
import type { compare } from "../operations/compare.ts";
import type { correct } from "../operations/correct.ts";
import type { detect } from "../operations/detect.ts";
import type { embed } from "../operations/embed.ts";
import type { enrollPhotographs } from "../operations/enroll-photographs.ts";
import type { find } from "../operations/find.ts";
import type { forgetPerson } from "../operations/forget-person.ts";
import type { forgetPhotograph } from "../operations/forget-photograph.ts";
import type { identify } from "../operations/identify.ts";
import type { lookalike } from "../operations/lookalike.ts";
import type { models } from "../operations/models.ts";
import type { listReports } from "../operations/reports/list-reports.ts";
import type { showReport } from "../operations/reports/show-report.ts";
import type { undo } from "../operations/undo.ts";
import type { verify } from "../operations/verify.ts";

/** A value as it arrives: vectors as numbers, byte codes and pictures as base64. */
export type Json<T> = T extends Float32Array
  ? number[]
  : T extends Int8Array | Uint8Array
    ? string
    : T extends readonly (infer U)[]
      ? { [K in keyof T]: Json<T[K]> } & Json<U>[]
      : T extends object
        ? { [K in keyof T]: Json<T[K]> }
        : T;

type Described = { readonly input: z.ZodObject; readonly output: z.ZodType };
/** What the server decides. */
type Setting = "model" | "detector" | "threads" | "device" | "gallery" | "maxPixels" | "photographsFolder" | "reports";

type Photographs<Many extends string, One extends string, Maybe extends string> = { readonly [K in Many]: readonly Blob[] } & {
  readonly [K in One]: Blob;
} & { readonly [K in Maybe]?: Blob | undefined };

/** A call and, in types that do not exist at run time, what it takes and gives. */
export type Call<Input = unknown, Answer = unknown> = {
  readonly method: "get" | "post" | "patch" | "delete";
  readonly path: string;
  readonly photographs?: readonly string[];
  readonly types?: (input: Input) => Answer;
};

type Shape = Pick<Call, "method" | "path" | "photographs">;
type InputOf<O extends Described, Photo extends string, Fixed extends string> = Omit<
  z.input<O["input"]>,
  Setting | Photo | Fixed
>;

const answer =
  <O extends Described, Fixed extends string = never>() =>
  <const S extends Shape>(shape: S): Call<InputOf<O, never, Fixed>, Json<z.output<O["output"]>>> =>
    shape;
const answerOf =
  <O extends Described, Many extends string = never, One extends string = never, Maybe extends string = never>() =>
  <const S extends Shape>(
    shape: S,
  ): Call<InputOf<O, Many | One | Maybe, never> & Photographs<Many, One, Maybe>, Json<z.output<O["output"]>>> =>
    shape;
/** A photograph that failed is a record among the others. */
export type FailedPhotograph = { readonly image: string; readonly error: { readonly code: string; readonly message: string } };
const records =
  <O extends Described>() =>
  <const S extends Shape>(
    shape: S,
  ): Call<
    InputOf<O, "images", never> & Photographs<"images", never, never>,
    { photographs: (Json<z.output<O["output"]>> | FailedPhotograph)[] }
  > =>
    shape;

export const calls = {
  detect: records<typeof detect>()({ method: "post", path: "/v1/detect", photographs: ["images"] }),
  embed: records<typeof embed>()({ method: "post", path: "/v1/embed", photographs: ["images"] }),
  verify: answerOf<typeof verify, never, "left" | "right">()({
    method: "post",
    path: "/v1/verify",
    photographs: ["left", "right"],
  }),
  compare: answerOf<typeof compare, "images">()({ method: "post", path: "/v1/compare", photographs: ["images"] }),
  identify: records<typeof identify>()({ method: "post", path: "/v1/identify", photographs: ["images"] }),
  find: answerOf<typeof find, never, never, "image">()({ method: "post", path: "/v1/find", photographs: ["image"] }),
  lookalike: answerOf<typeof lookalike, never, "image">()({ method: "post", path: "/v1/lookalike", photographs: ["image"] }),
  people: answer<typeof listPeople>()({ method: "get", path: "/v1/people" }),
  person: answer<typeof showPerson>()({ method: "get", path: "/v1/people/{person}" }),
  clusters: answer<typeof listPeople, "named">()({ method: "get", path: "/v1/clusters" }),
  faces: answer<typeof listFaces>()({ method: "get", path: "/v1/faces" }),
  face: answer<typeof showFace>()({ method: "get", path: "/v1/faces/{face}" }),
  photographs: answer<typeof listPhotographs>()({ method: "get", path: "/v1/photographs" }),
  photograph: answer<typeof showPhotograph>()({ method: "get", path: "/v1/photographs/{photograph}" }),
  statistics: answer<typeof showStatistics>()({ method: "get", path: "/v1/statistics" }),
  addPhotographs: answerOf<typeof addPhotographs, "images">()({
    method: "post",
    path: "/v1/photographs",
    photographs: ["images"],
  }),
  enroll: answerOf<typeof enrollPhotographs, "images">()({ method: "post", path: "/v1/people", photographs: ["images"] }),
  correct: answer<typeof correct>()({ method: "post", path: "/v1/corrections" }),
  undo: answer<typeof undo, "list" | "limit">()({ method: "post", path: "/v1/corrections/undo" }),
  corrections: answer<typeof undo, "list">()({ method: "get", path: "/v1/corrections" }),
  forgetPerson: answer<typeof forgetPerson>()({ method: "delete", path: "/v1/people/{person}" }),
  forgetPhotograph: answer<typeof forgetPhotograph>()({ method: "delete", path: "/v1/photographs/{photograph}" }),
  reports: answer<typeof listReports>()({ method: "get", path: "/v1/reports" }),
  report: answer<typeof showReport>()({ method: "get", path: "/v1/reports/{report}" }),
  models: answer<typeof models, "id">()({ method: "get", path: "/v1/models" }),
  model: answer<typeof models>()({ method: "get", path: "/v1/models/{id}" }),
};
