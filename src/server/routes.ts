/** All routes of the server: the contract with its operations and handlers, and the adapters. */
import { contract, type OperationOf, type RouteName } from "../contract/contract.ts";
import type { RouteShape } from "../contract/route-shape.ts";
import { access, health, ready, showMetrics } from "../contract/service-calls.ts";
import { addPhotographs } from "../operations/add-photographs.ts";
import { listDatedFaces, listFaces } from "../operations/browse/list-faces.ts";
import { listPeople } from "../operations/browse/list-people.ts";
import { listDatedPhotographs, listPhotographs } from "../operations/browse/list-photographs.ts";
import { listUnassigned } from "../operations/browse/list-unassigned.ts";
import { showFace } from "../operations/browse/show-face.ts";
import { showPerson } from "../operations/browse/show-person.ts";
import { showPhotograph } from "../operations/browse/show-photograph.ts";
import { answerSuggestion, suggestions } from "../operations/browse/suggestions.ts";
import { compare } from "../operations/compare.ts";
import { correct } from "../operations/correct.ts";
import { detect } from "../operations/detect.ts";
import { embed } from "../operations/embed.ts";
import { enroll } from "../operations/enroll.ts";
import { find } from "../operations/find.ts";
import { galleryForget } from "../operations/gallery-forget.ts";
import { galleryPrune } from "../operations/gallery-prune.ts";
import { galleryStatistics } from "../operations/gallery-statistics.ts";
import { galleryUnplaced } from "../operations/gallery-unplaced.ts";
import { identify } from "../operations/identify.ts";
import { lookalike } from "../operations/lookalike.ts";
import { models } from "../operations/models.ts";
import type { Operation } from "../operations/operation.ts";
import { peopleDraw } from "../operations/people-draw.ts";
import { listReports } from "../operations/reports/list-reports.ts";
import { showReport } from "../operations/reports/show-report.ts";
import { redo, undo } from "../operations/undo.ts";
import { verify } from "../operations/verify.ts";
import { comprefaceRoutes } from "./adapters/compreface.ts";
import { deepfaceRoutes } from "./adapters/deepface.ts";
import { callerOf } from "./authentication.ts";
import { json } from "./handle-request.ts";
import { jobHandlers } from "./job-handlers.ts";
import { pictureHandlers, sweeping } from "./picture-handlers.ts";
import { reportHandlers } from "./report-handlers.ts";
import { type Handler, operationHandler, type Route, serviceHandler } from "./route.ts";
import type { Services } from "./services.ts";

type OperationName = { [N in RouteName]: OperationOf<N> extends { readonly kind: string } ? N : never }[RouteName];

/** Operations by route. The contract gives the type of each, so a missing or wrong one does not compile. */
export const operations: { readonly [N in OperationName]: OperationOf<N> } = {
  detect,
  embed,
  verify,
  compare,
  identify,
  find,
  lookalike,
  people: listPeople,
  person: showPerson,
  clusters: listPeople,
  datedFaces: listDatedFaces,
  faces: listFaces,
  unassigned: listUnassigned,
  unplaced: galleryUnplaced,
  prune: galleryPrune,
  face: showFace,
  photographs: listPhotographs,
  datedPhotographs: listDatedPhotographs,
  photograph: showPhotograph,
  statistics: galleryStatistics,
  addPhotographs,
  enroll,
  suggestions,
  answerSuggestion,
  drawFace: peopleDraw,
  correct,
  undo,
  redo,
  corrections: undo,
  forgetPerson: galleryForget,
  forgetPhotograph: galleryForget,
  reports: listReports,
  report: showReport,
  models,
  model: models,
};

export function routesOf(services: Services): Route[] {
  const others: Record<Exclude<RouteName, OperationName>, Handler> = {
    ...jobHandlers(services),
    ...reportHandlers(services),
    ...pictureHandlers(services),
    ...serverHandlers(services),
  };
  const routes = Object.entries(contract).map(([name, shape]: [string, RouteShape]): Route => {
    const operation = operationNamed(name);
    const answering = operation ? operationHandler(operation, shape) : others[name as keyof typeof others];
    const handler = shape.method === "delete" && operation ? sweeping(answering, services) : answering;
    return { name, ...shape, ...handler };
  });
  return [...routes, ...comprefaceRoutes(services), ...deepfaceRoutes];
}

function operationNamed(name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? (operations[name as OperationName] as unknown as Operation) : undefined;
}

function serverHandlers({ version, obstacle, keys, keysRequired, metrics }: Services) {
  return {
    access: serviceHandler(access, async (_, { c }) => {
      const { id, scope } = callerOf(c);
      const name = (await keys()).find((key) => key.id === id)?.name ?? null;
      return { keyNeeded: keysRequired, name, scope };
    }),
    metrics: serviceHandler(showMetrics, async () => {
      const { type, body } = await metrics.text();
      return new Response(body, { headers: { "content-type": type } });
    }),
    health: serviceHandler(health, () => ({ status: "ok" as const, version })),
    ready: serviceHandler(ready, async () => {
      const reason = (await obstacle()) ?? null;
      return json({ ready: reason === null, reason }, reason === null ? 200 : 503);
    }),
  };
}
