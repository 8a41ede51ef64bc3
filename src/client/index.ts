/** `facenet/client`: the HTTP service for programs and pages. */
export type { Call, FailedPhotograph, Json } from "./calls.ts";
export { type CallOptions, type Client, type ClientOptions, createClient, ServiceError } from "./create-client.ts";
export { type Job, watchJob } from "./watch-job.ts";
export { type TrainingCurves, watchTraining } from "./watch-training.ts";
