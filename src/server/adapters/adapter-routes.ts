/** Addresses in the shapes of other projects: thin coats over the operations. */
import type { Context } from "hono";
import * as z from "zod";
import { identify } from "../../operations/identify.ts";
import { parseInput } from "../../operations/parse-input.ts";
import { verify } from "../../operations/verify.ts";
import { peopleIn } from "../audit-record.ts";
import { callerOf, requireScope } from "../authentication.ts";
import type { ByteLease } from "../byte-budget.ts";
import { clientAddress } from "../client-address.ts";
import type { Env } from "../env.ts";
import { readForm } from "../multipart.ts";
import type { OtherRoute } from "../openapi-document.ts";
import { json } from "../operation-handler.ts";
import { readBytes, readJson } from "../read-request.ts";
import { answerRoute, streamRoute } from "../route.ts";
import type { Services } from "../services.ts";
import { RecognizeAnswer, RecognizeQuery, recognizeAnswer } from "./compreface.ts";
import { pictureOf, VerifyAnswer, VerifyRequest, verifyAnswer } from "./deepface.ts";

export type AdapterRoute = OtherRoute & { readonly handle: (c: Context<Env>) => Promise<Response> };

const RECOGNIZE = "/api/v1/recognition/recognize";
const VERIFY = "/verify";
const identifying = streamRoute(identify, { method: "post", path: RECOGNIZE, scope: "read", tag: "", photographs: ["images"] });
const verifying = answerRoute(verify, { method: "post", path: VERIFY, scope: "read", tag: "", photographs: ["left", "right"] });

const Picture = z.any().meta({ type: "string", format: "binary" });

export function adapterRoutes(services: Services): AdapterRoute[] {
  const { budget, queue, settings, facenet, borrowGallery, halted, now } = services;
  const used = { model: String(settings.model), detector: String(settings.detector) };

  /** Reads and works like any address with photographs. */
  const looking = async (c: Context<Env>, path: string, work: (lease: ByteLease) => Promise<unknown>): Promise<Response> => {
    c.set("route", path);
    requireScope(callerOf(c), "read");
    queue.requireRoom();
    const lease = budget.lease(Number(c.req.header("content-length") ?? 0));
    try {
      return json(await work(lease));
    } finally {
      lease.release();
    }
  };
  const contextOf = (c: Context<Env>) => ({
    load: facenet,
    borrowGallery,
    signal: AbortSignal.any([c.req.raw.signal, halted]),
    onProgress: () => undefined,
  });

  const recognize = (c: Context<Env>) =>
    looking(c, RECOGNIZE, async (lease) => {
      const query = parseInput(RecognizeQuery, c.req.query());
      const { files } = await readForm(c.req.raw, lease, { fileFields: ["file"], maxFiles: 1 });
      const start = now();
      // The detector goes no lower than its own limit.
      const sure = query.det_prob_threshold === undefined ? {} : { minConfidence: Math.max(0.3, query.det_prob_threshold) };
      const input = parseInput(identifying.input, sure);
      const run = () => identifying.run(input, { images: files.file ?? [] }, settings, contextOf(c));
      const { photographs } = (await queue.run(run)) as { photographs: [z.output<typeof identify.output>] };
      await services.audit({
        at: new Date().toISOString(),
        requestId: c.get("requestId"),
        caller: callerOf(c).id,
        address: clientAddress(c),
        operation: `post ${RECOGNIZE}`,
        people: peopleIn(photographs),
      });
      return recognizeAnswer(photographs[0], query, { elapsedMs: now() - start, ...used });
    });

  const compareTwo = (c: Context<Env>) =>
    looking(c, VERIFY, async (lease) => {
      const { left, right, metric } = await readVerify(c, lease);
      const start = now();
      const input = parseInput(verifying.input, { faces: "largest" });
      const run = () => verifying.run(input, { left: [left], right: [right] }, settings, contextOf(c));
      return verifyAnswer((await queue.run(run)) as Parameters<typeof verifyAnswer>[0], metric, {
        elapsedMs: now() - start,
        ...used,
      });
    });

  const common = { method: "post" as const, tags: ["in the shapes of others"], security: [{ key: [] }] };
  const answer = (schema: z.ZodType) => ({ 200: { description: "the answer", content: { "application/json": { schema } } } });
  return [
    {
      ...common,
      path: RECOGNIZE,
      summary: "Who is in a photograph, as CompreFace answers",
      request: {
        query: RecognizeQuery,
        body: { required: true, content: { "multipart/form-data": { schema: z.object({ file: Picture }) } } },
      },
      responses: answer(RecognizeAnswer),
      handle: recognize,
    },
    {
      ...common,
      path: VERIFY,
      summary: "One person or two, as deepface answers",
      request: { body: { required: true, content: { "application/json": { schema: VerifyRequest } } } },
      responses: answer(VerifyAnswer),
      handle: compareTwo,
    },
  ];
}

async function readVerify(c: Context<Env>, lease: ByteLease) {
  if (c.req.header("content-type")?.startsWith("multipart/form-data")) {
    const form = await readForm(c.req.raw, lease, { fileFields: ["img1", "img2"], maxFiles: 2 });
    const request = parseInput(
      VerifyRequest,
      Object.fromEntries(Object.entries(form.fields).map(([name, [value]]) => [name, value])),
    );
    return {
      left: form.files.img1?.[0] ?? pictureOf("img1", request),
      right: form.files.img2?.[0] ?? pictureOf("img2", request),
      metric: request.distance_metric,
    };
  }
  const request = parseInput(VerifyRequest, readJson(await readBytes(c.req.raw, lease)));
  return { left: pictureOf("img1", request), right: pictureOf("img2", request), metric: request.distance_metric };
}
