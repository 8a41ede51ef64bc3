/**
 * The HTTP contract: every route of the service once. The server binds operations to it, OpenAPI and the client are derived
 * from it. Operations are imported as types only, so that the client stays free of dependencies and runs in browsers.
 */
import type { addPhotographs } from "../operations/add-photographs.ts";
import type { listDatedFaces, listFaces } from "../operations/browse/list-faces.ts";
import type { listPeople } from "../operations/browse/list-people.ts";
import type { listDatedPhotographs, listPhotographs } from "../operations/browse/list-photographs.ts";
import type { listUnassigned } from "../operations/browse/list-unassigned.ts";
import type { showFace } from "../operations/browse/show-face.ts";
import type { showPerson } from "../operations/browse/show-person.ts";
import type { showPhotograph } from "../operations/browse/show-photograph.ts";
import type { answerSuggestion, suggestions } from "../operations/browse/suggestions.ts";
import type { compare } from "../operations/compare.ts";
import type { correct } from "../operations/correct.ts";
import type { detect } from "../operations/detect.ts";
import type { embed } from "../operations/embed.ts";
import type { enroll } from "../operations/enroll.ts";
import type { find } from "../operations/find.ts";
import type { galleryForget } from "../operations/gallery-forget.ts";
import type { galleryPrune } from "../operations/gallery-prune.ts";
import type { galleryStatistics } from "../operations/gallery-statistics.ts";
import type { galleryUnplaced } from "../operations/gallery-unplaced.ts";
import type { identify } from "../operations/identify.ts";
import type { lookalike } from "../operations/lookalike.ts";
import type { models } from "../operations/models.ts";
import type { peopleDraw } from "../operations/people-draw.ts";
import type { listReports } from "../operations/reports/list-reports.ts";
import type { showReport } from "../operations/reports/show-report.ts";
import type { redo, undo } from "../operations/undo.ts";
import type { verify } from "../operations/verify.ts";
import { type RouteShape, route } from "./route-shape.ts";
import type * as service from "./service-calls.ts";

const analysis = { method: "post", scope: "read", tag: "Photographs" } as const;
const recognition = { method: "post", scope: "read", tag: "Recognition", audited: true } as const;
const gallery = { method: "get", scope: "read", tag: "Gallery" } as const;
const people = { ...gallery, audited: true } as const;
const adding = { method: "post", scope: "write", tag: "Adding", photographs: ["images"], stores: true, status: 201 } as const;
const corrections = { method: "post", scope: "write", tag: "Corrections" } as const;
const deletion = { method: "delete", scope: "admin", tag: "Deletion" } as const;
const reports = { method: "get", scope: "read", tag: "Reports" } as const;
const jobs = { method: "get", scope: "read", tag: "Jobs" } as const;
const server = { method: "get", scope: "read", tag: "Server" } as const;

export const contract = {
  detect: route<typeof detect>()({ ...analysis, path: "/v1/detect", photographs: ["images"], command: "detect" }),
  embed: route<typeof embed>()({ ...analysis, path: "/v1/embed", photographs: ["images"], command: "embed" }),
  verify: route<typeof verify>()({ ...analysis, path: "/v1/verify", photographs: ["left", "right"], command: "verify" }),
  compare: route<typeof compare>()({ ...analysis, path: "/v1/compare", photographs: ["images"], command: "compare" }),

  identify: route<typeof identify>()({ ...recognition, path: "/v1/identify", photographs: ["images"], command: "identify" }),
  find: route<typeof find>()({ ...recognition, path: "/v1/find", photographs: ["image"], acceptsText: true, command: "find" }),
  lookalike: route<typeof lookalike>()({ ...recognition, path: "/v1/lookalike", photographs: ["image"], command: "lookalike" }),

  people: route<typeof listPeople>()({ ...people, path: "/v1/people" }),
  person: route<typeof showPerson>()({ ...people, path: "/v1/people/{person}" }),
  clusters: route<typeof listPeople>()({ ...people, path: "/v1/clusters", fixed: { named: false } }),
  datedFaces: route<typeof listDatedFaces>()({ ...people, path: "/v1/people/{person}/faces" }),
  faces: route<typeof listFaces>()({ ...people, path: "/v1/faces" }),
  unassigned: route<typeof listUnassigned>()({ ...people, path: "/v1/faces/unassigned" }),
  unplaced: route<typeof galleryUnplaced>()({ ...people, path: "/v1/faces/unplaced", command: "gallery unplaced" }),
  face: route<typeof showFace>()({ ...people, path: "/v1/faces/{face}" }),
  photographs: route<typeof listPhotographs>()({ ...gallery, path: "/v1/photographs" }),
  datedPhotographs: route<typeof listDatedPhotographs>()({ ...gallery, path: "/v1/photographs/by-date" }),
  photograph: route<typeof showPhotograph>()({ ...people, path: "/v1/photographs/{photograph}" }),
  statistics: route<typeof galleryStatistics>()({ ...gallery, path: "/v1/statistics", command: "gallery statistics" }),
  thumbnail: route<typeof service.faceThumbnail>()({ ...gallery, path: "/v1/faces/{id}/thumbnail", answer: "jpeg" }),
  picture: route<typeof service.photographPicture>()({ ...gallery, path: "/v1/photographs/{id}/picture", answer: "jpeg" }),

  addPhotographs: route<typeof addPhotographs>()({ ...adding, path: "/v1/photographs" }),
  enroll: route<typeof enroll>()({
    ...adding,
    path: "/v1/people",
    required: ["name", "images"],
    fixed: { tree: undefined },
    command: "enroll",
  }),

  suggestions: route<typeof suggestions>()({ ...people, path: "/v1/suggestions", command: "people suggestions" }),
  answerSuggestion: route<typeof answerSuggestion>()({
    ...corrections,
    path: "/v1/suggestions/answer",
    status: 201,
    command: "people answer",
  }),

  drawFace: route<typeof peopleDraw>()({
    ...corrections,
    path: "/v1/photographs/{photograph}/faces",
    status: 201,
    command: "people draw",
  }),

  correct: route<typeof correct>()({ ...corrections, path: "/v1/corrections", status: 201 }),
  undo: route<typeof undo>()({
    ...corrections,
    path: "/v1/corrections/undo",
    fixed: { list: false, limit: 1 },
    command: "undo",
  }),
  redo: route<typeof redo>()({
    ...corrections,
    path: "/v1/corrections/redo",
    fixed: { list: false, limit: 1 },
    command: "redo",
  }),
  corrections: route<typeof undo>()({
    ...people,
    tag: "Corrections",
    path: "/v1/corrections",
    fixed: { list: true },
    command: "undo --list",
  }),

  forgetPerson: route<typeof galleryForget>()({
    ...deletion,
    path: "/v1/people/{person}",
    fixed: { photograph: undefined, mayReturn: false, yes: true },
    command: "gallery forget --person",
  }),
  forgetPhotograph: route<typeof galleryForget>()({
    ...deletion,
    path: "/v1/photographs/{photograph}",
    numbers: ["photograph"],
    fixed: { person: undefined, yes: true },
    command: "gallery forget --photograph",
  }),
  prune: route<typeof galleryPrune>()({
    ...deletion,
    method: "post",
    path: "/v1/photographs/prune",
    fixed: { folder: undefined },
    command: "gallery prune",
  }),

  startJob: route<typeof service.startJob>()({ ...jobs, method: "post", scope: "write", path: "/v1/jobs", status: 202 }),
  jobs: route<typeof service.listJobs>()({ ...jobs, path: "/v1/jobs" }),
  job: route<typeof service.showJob>()({ ...jobs, path: "/v1/jobs/{id}" }),
  stopJob: route<typeof service.stopJob>()({ ...jobs, method: "delete", scope: "write", path: "/v1/jobs/{id}" }),
  watchJob: route<typeof service.watchJob>()({ ...jobs, path: "/v1/jobs/{id}/events", answer: "events" }),

  reports: route<typeof listReports>()({ ...reports, path: "/v1/reports" }),
  report: route<typeof showReport>()({ ...reports, path: "/v1/reports/{report}" }),
  reportPage: route<typeof service.reportPage>()({ ...reports, path: "/v1/reports/{report}/page", answer: "html" }),
  reportLink: route<typeof service.reportLink>()({
    ...reports,
    method: "post",
    path: "/v1/reports/{report}/link",
    status: 201,
  }),
  watchTraining: route<typeof service.watchTraining>()({ ...reports, path: "/v1/reports/{report}/events", answer: "events" }),

  models: route<typeof models>()({ ...server, tag: "Models", path: "/v1/models", fixed: { id: undefined }, command: "models" }),
  model: route<typeof models>()({ ...server, tag: "Models", path: "/v1/models/{id}", command: "models" }),

  access: route<typeof service.access>()({ ...server, path: "/v1/access" }),
  metrics: route<typeof service.showMetrics>()({ ...server, path: "/metrics", answer: "text" }),
  health: route<typeof service.health>()({ ...server, path: "/health", alias: "/v1/health", scope: "public" }),
  ready: route<typeof service.ready>()({ ...server, path: "/ready", alias: "/v1/ready", scope: "public" }),
} satisfies Record<string, RouteShape>;

export type Contract = typeof contract;
/** Name of a route, as a function of the client. */
export type RouteName = keyof Contract;
type TypesOf<N extends RouteName> = NonNullable<Contract[N]["types"]>;
/** Input of the client's function: fields and photographs of the request. */
export type Input<N extends RouteName> = TypesOf<N>["input"];
/** What the client's function returns: a promise, or a generator of events. */
export type Answer<N extends RouteName> = TypesOf<N>["answer"];
export type OperationOf<N extends RouteName> = TypesOf<N>["operation"];
