/**
 * CompreFace's REST API on the gallery of the server: recognition, face collection, subjects, detection, verification, with its
 * statuses and codes. A subject is a person with a name; an example is a face of such a person.
 */
import { pictureHandlers, sweeping } from "../picture-handlers.ts";
import type { Route } from "../route.ts";
import type { Services } from "../services.ts";
import { exampleRoutes } from "./compreface-examples.ts";
import { recognitionRoutes } from "./compreface-recognition.ts";
import { subjectRoutes } from "./compreface-subjects.ts";

export function comprefaceRoutes(services: Services): Route[] {
  const routes = [...recognitionRoutes, ...exampleRoutes(pictureHandlers(services).picture), ...subjectRoutes];
  return routes.map((route) => (route.scope === "admin" ? { ...route, ...sweeping(route, services) } : route));
}
