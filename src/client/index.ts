/** `facenet128/client`: typed client of the HTTP service, for programs and pages. */
export type { Answer, Input, RouteName } from "../contract/contract.ts";
export type { FailedPhotograph, Json } from "../contract/route-shape.ts";
export type { Job } from "../contract/service-calls.ts";
export type { TrainingCurves } from "../schemas/report.ts";
export { type CallOptions, type Client, type ClientOptions, createClient, ServiceError } from "./create-client.ts";
