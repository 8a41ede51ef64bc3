/** The addresses of the service that are operations. A new operation is one line. */
import { addPhotographs } from "../operations/add-photographs.ts";
import { listFaces } from "../operations/browse/list-faces.ts";
import { listPeople } from "../operations/browse/list-people.ts";
import { listPhotographs } from "../operations/browse/list-photographs.ts";
import { showFace } from "../operations/browse/show-face.ts";
import { showPerson } from "../operations/browse/show-person.ts";
import { showPhotograph } from "../operations/browse/show-photograph.ts";
import { showStatistics } from "../operations/browse/show-statistics.ts";
import { compare } from "../operations/compare.ts";
import { correct } from "../operations/correct.ts";
import { detect } from "../operations/detect.ts";
import { embed } from "../operations/embed.ts";
import { enrollPhotographs } from "../operations/enroll-photographs.ts";
import { find } from "../operations/find.ts";
import { forgetPerson } from "../operations/forget-person.ts";
import { forgetPhotograph } from "../operations/forget-photograph.ts";
import { identify } from "../operations/identify.ts";
import { lookalike } from "../operations/lookalike.ts";
import { models } from "../operations/models.ts";
import { listReports } from "../operations/reports/list-reports.ts";
import { showReport } from "../operations/reports/show-report.ts";
import { undo } from "../operations/undo.ts";
import { verify } from "../operations/verify.ts";
import { answerRoute, type Route, streamRoute } from "./route.ts";

const looking = { method: "post", scope: "read", tag: "looking at photographs" } as const;
const lookUp = { method: "post", scope: "read", tag: "looking people up", audited: true } as const;
const reading = { method: "get", scope: "read", tag: "the gallery" } as const;
const personal = { ...reading, audited: true } as const;
const reporting = { ...reading, tag: "reports" } as const;
const saying = { method: "post", scope: "write", tag: "correcting" } as const;
const adding = { method: "post", scope: "write", tag: "adding", photographs: ["images"], status: 201 } as const;
const forgetting = { method: "delete", scope: "admin", tag: "forgetting", audited: true } as const;

export const routes: readonly Route[] = [
  streamRoute(detect, { ...looking, path: "/v1/detect", photographs: ["images"] }),
  streamRoute(embed, { ...looking, path: "/v1/embed", photographs: ["images"] }),
  answerRoute(verify, { ...looking, path: "/v1/verify", photographs: ["left", "right"] }),
  answerRoute(compare, { ...looking, path: "/v1/compare", photographs: ["images"] }),

  streamRoute(identify, { ...lookUp, path: "/v1/identify", photographs: ["images"] }),
  answerRoute(find, { ...lookUp, path: "/v1/find", photographs: ["image"] }),
  answerRoute(lookalike, { ...lookUp, path: "/v1/lookalike", photographs: ["image"] }),

  answerRoute(listPeople, { ...personal, path: "/v1/people" }),
  answerRoute(showPerson, { ...personal, path: "/v1/people/{person}" }),
  answerRoute(listPeople, { ...personal, path: "/v1/clusters", fixed: { named: false } }),
  answerRoute(listFaces, { ...personal, path: "/v1/faces" }),
  answerRoute(showFace, { ...personal, path: "/v1/faces/{face}" }),
  answerRoute(listPhotographs, { ...reading, path: "/v1/photographs" }),
  answerRoute(showPhotograph, { ...personal, path: "/v1/photographs/{photograph}" }),
  answerRoute(showStatistics, { ...reading, path: "/v1/statistics" }),

  answerRoute(addPhotographs, { ...adding, path: "/v1/photographs" }),
  answerRoute(enrollPhotographs, { ...adding, path: "/v1/people" }),

  answerRoute(correct, { ...saying, path: "/v1/corrections", status: 201 }),
  answerRoute(undo, { ...saying, path: "/v1/corrections/undo", fixed: { list: false, limit: 1 } }),
  answerRoute(undo, { ...personal, tag: "correcting", path: "/v1/corrections", fixed: { list: true } }),

  answerRoute(forgetPerson, { ...forgetting, path: "/v1/people/{person}" }),
  answerRoute(forgetPhotograph, { ...forgetting, path: "/v1/photographs/{photograph}" }),

  answerRoute(listReports, { ...reporting, path: "/v1/reports" }),
  answerRoute(showReport, { ...reporting, path: "/v1/reports/{report}" }),

  answerRoute(models, { method: "get", path: "/v1/models", scope: "read", tag: "models", fixed: { id: undefined } }),
  answerRoute(models, { method: "get", path: "/v1/models/{id}", scope: "read", tag: "models" }),
];
