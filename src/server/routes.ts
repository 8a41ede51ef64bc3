/** The addresses of the service that are operations. A new operation is one line. */
import { compare } from "../operations/compare.ts";
import { detect } from "../operations/detect.ts";
import { embed } from "../operations/embed.ts";
import { models } from "../operations/models.ts";
import { verify } from "../operations/verify.ts";
import { answerRoute, type Route, streamRoute } from "./route.ts";

const looking = { method: "post", scope: "read", tag: "photographs" } as const;

export const routes: readonly Route[] = [
  answerRoute(models, { method: "get", path: "/v1/models", scope: "read", tag: "models" }),
  answerRoute(models, { method: "get", path: "/v1/models/{id}", scope: "read", tag: "models" }),
  streamRoute(detect, { ...looking, path: "/v1/detect", photographs: ["images"] }),
  streamRoute(embed, { ...looking, path: "/v1/embed", photographs: ["images"] }),
  answerRoute(verify, { ...looking, path: "/v1/verify", photographs: ["left", "right"] }),
  answerRoute(compare, { ...looking, path: "/v1/compare", photographs: ["images"] }),
];
