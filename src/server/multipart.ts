/** Streaming multipart parser. A part that is too long, unexpected or unknown aborts it at once. */
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { FaceNetError, toFaceNetError } from "../errors.ts";
import type { NamedBytes } from "../schemas/image-source.ts";
import { Base64Photograph } from "./base64-photograph.ts";
import { ByteList } from "./byte-list.ts";
import { requestError } from "./error-response.ts";
import type { ByteLease } from "./load-limits.ts";

/** Limits of fields: number, bytes of a value, bytes of a name. */
const FIELDS = 50;
const FIELD_BYTES = 10_000;
const NAME_BYTES = 100;
/** Header lines of one part. */
const HEADERS = 20;

export type Form = {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly files: Readonly<Record<string, readonly NamedBytes[]>>;
};

export type FormLimits = {
  /** Names of file parts; others are rejected. */
  readonly fileFields: readonly string[];
  readonly maxFiles: number;
  /** Whether photographs may also be base64 text, in parts without a file name. */
  readonly acceptsText?: boolean | undefined;
};

/** @throws FaceNetError REQUEST_INVALID, REQUEST_TOO_LARGE, SERVER_BUSY */
export async function readForm(request: Request, lease: ByteLease, limits: FormLimits): Promise<Form> {
  const { fileFields, maxFiles } = limits;
  const fields: Record<string, string[]> = Object.create(null);
  const files: Record<string, NamedBytes[]> = Object.create(null);
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  done.catch(() => undefined); // awaited below; avoids an unhandled rejection until then
  const parser = open(request, limits);
  const refuse = (error: FaceNetError) => {
    reject(error);
    parser.destroy();
  };
  const tooMany = (limit: string) => () => refuse(new FaceNetError("REQUEST_TOO_LARGE", { what: "it has more parts", limit }));

  parser.on("field", (name, value, nameCut, valueCut) => {
    if (nameCut || valueCut)
      return refuse(new FaceNetError("REQUEST_TOO_LARGE", { what: "a field is longer", limit: `${FIELD_BYTES} bytes` }));
    if (fileFields.includes(name)) return refuse(requestError(`${name} must be a file part, with a file name`));
    append(fields, name, value);
  });
  parser.on("file", (name, stream, fileName) => {
    stream.on("error", () => undefined); // also reported by the parser
    if (!fileFields.includes(name)) {
      stream.resume();
      return refuse(
        requestError(`it has an unknown file part ${JSON.stringify(name)}, expected ${fileFields.join(", ") || "none"}`),
      );
    }
    const text = (fileName as string | undefined) === undefined ? new Base64Photograph() : undefined;
    const bytes = new ByteList();
    const guarded = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        refuse(toFaceNetError(error));
      }
    };
    stream.on("data", (chunk: Buffer) => guarded(() => (text ? text.write(chunk) : bytes.add(chunk))));
    const file = (plain: string) => (text ? text.end(plain) : { name: plain, data: bytes.take() });
    stream.on("end", () => guarded(() => append(files, name, file(plainName(fileName ?? name)))));
  });
  parser.on("filesLimit", tooMany(`${maxFiles} files`));
  parser.on("fieldsLimit", tooMany(`${FIELDS} fields`));
  parser.on("partsLimit", tooMany(`${FIELDS + maxFiles} parts`));
  parser.on("error", (error: unknown) => reject(requestError("its multipart body is damaged", error)));
  parser.on("finish", resolve);

  await Promise.race([done, feed(request, parser, lease)]);
  await done;
  return { fields, files };
}

function append<T>(lists: Record<string, T[]>, name: string, value: T): void {
  const list = lists[name] ?? [];
  list.push(value);
  lists[name] = list;
}

function open(request: Request, { fileFields, maxFiles, acceptsText = false }: FormLimits): BusboyInstance {
  const limits = {
    fieldNameSize: NAME_BYTES,
    fieldSize: FIELD_BYTES,
    fields: FIELDS,
    files: maxFiles,
    parts: FIELDS + maxFiles,
    headerPairs: HEADERS,
  };
  try {
    return new Busboy({
      headers: { "content-type": request.headers.get("content-type") ?? "" },
      limits,
      isPartAFile: (name, type, fileName) =>
        fileName !== undefined ||
        type === "application/octet-stream" ||
        (acceptsText && name !== undefined && fileFields.includes(name)),
    });
  } catch (error) {
    throw requestError("its multipart content type has no boundary", error);
  }
}

async function feed(request: Request, parser: BusboyInstance, lease: ByteLease): Promise<void> {
  for await (const chunk of request.body ?? []) {
    lease.take(chunk.byteLength);
    if (parser.destroyed) return;
    if (!parser.write(chunk)) await new Promise((resolve) => parser.once("drain", resolve).once("close", resolve));
  }
  parser.end();
}

/** Client's file name, sanitised for messages: without folders and control characters, at most 100 characters. */
export function plainName(fileName: string): string {
  const last = fileName.split(/[/\\]/).at(-1) ?? "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return last.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/g, "").slice(0, 100) || "photograph";
}
