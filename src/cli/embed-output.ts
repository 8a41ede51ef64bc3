/** Output formats of embeddings. Each photograph is written when it is done, and not kept in memory. */
import { extname } from "node:path";
import { FaceNetError } from "../errors.ts";
import { WholeFile } from "../files/whole-file.ts";
import { embed } from "../operations/embed.ts";
import type { EmbeddedFace, EmbeddedImage } from "../schemas/face.ts";
import { type SinkRequest, streamCommand } from "./command.ts";
import { embeddingCsv } from "./embedding-csv.ts";
import { labelFile, openNpySink } from "./embedding-npy.ts";
import { faceTableSink } from "./face-table.ts";
import type { PrintOption, PrintOptions } from "./print-options.ts";
import { jsonLinesSink, type RecordSink, textSink } from "./record-sink.ts";
import type { Terminal } from "./terminal.ts";

const formats = ["jsonl", "csv", "npy"] as const;
type Format = (typeof formats)[number];

const options: readonly PrintOption[] = [
  {
    flags: "--format <format>",
    description:
      "jsonl: one object per photograph; csv: one row per face; npy: float32 matrix, with FILE.labels.csv (needs --output)",
    choices: formats,
  },
  {
    flags: "--output <file>",
    description: "write to this file, atomically (format by its extension if --format is not given)",
    writes: "file",
  },
];

/** File of row labels next to a matrix. */
function labelsOfMatrix(_: unknown, options: PrintOptions): string[] {
  return options.output !== undefined && chooseFormat(options) === "npy" ? [labelFile(options.output)] : [];
}

/** @throws FaceNetError OPTION_INVALID for incompatible options; OUTPUT_NOT_WRITABLE */
async function openSink(request: SinkRequest): Promise<RecordSink<EmbeddedImage>> {
  const { options, terminal } = request;
  const { output } = options;
  const format = chooseFormat(options);
  if (output === undefined) return standardOutput(format, request);
  const sink =
    format === "npy" ? await openNpySink(output) : await openTextFile(output, format === "csv" ? csvSink : jsonLinesSink);
  return options.json ? sink : reporting(sink, output, terminal);
}

async function openTextFile(
  path: string,
  sinkOf: (write: (text: string) => Promise<void>) => RecordSink<EmbeddedImage>,
): Promise<RecordSink<EmbeddedImage>> {
  const file = await WholeFile.create(path);
  return {
    showsFailures: false,
    write: sinkOf(file.append.bind(file)).write,
    finish: () => file.commit(),
    interrupt: () => file.keepPart(),
    discard: () => file.discard(),
  };
}

/** Summarises the file at the end. */
function reporting(sink: RecordSink<EmbeddedImage>, output: string, terminal: Terminal): RecordSink<EmbeddedImage> {
  let [photographs, faces] = [0, 0];
  return {
    ...sink,
    async write(item) {
      await sink.write(item);
      if (!item.ok) return;
      photographs++;
      faces += item.value.faces.length;
    },
    async finish() {
      await sink.finish();
      await terminal.print(`${output}: ${faces} faces of ${photographs} photographs\n`);
    },
  };
}

function standardOutput(format: Format | undefined, request: SinkRequest): RecordSink<EmbeddedImage> {
  const write = request.terminal.print.bind(request.terminal);
  switch (format) {
    case undefined:
      return faceTableSink<EmbeddedFace>(request, { column: { title: "embedding" }, cell: embeddingText });
    case "jsonl":
      return jsonLinesSink(write);
    case "csv":
      return csvSink(write);
    case "npy":
      throw new FaceNetError("OPTION_INVALID", {
        option: "--format npy",
        reason: "requires --output FILE, because its header is written last",
      });
    default:
      format satisfies never;
      throw new TypeError("unknown format");
  }
}

/** Requested format; undefined: the table. */
export function chooseFormat({
  format,
  output,
  json,
}: {
  format?: unknown;
  output?: string;
  json?: boolean;
}): Format | undefined {
  const named = formats.find((known) => known === format);
  if (json && named !== undefined && named !== "jsonl") {
    throw new FaceNetError("OPTION_INVALID", { option: `--format ${named}`, reason: "cannot be combined with --json" });
  }
  if (named !== undefined) return named;
  if (json || output === undefined) return json ? "jsonl" : undefined;
  return formats.find((known) => extname(output).toLowerCase() === `.${known}`) ?? "jsonl";
}

function csvSink(write: (text: string) => Promise<void>): RecordSink<EmbeddedImage> {
  return textSink(write, embeddingCsv());
}

export const embedCommand = streamCommand(embed, { open: openSink, options, further: labelsOfMatrix });

function embeddingText({ embedding }: EmbeddedFace): string {
  return `${embedding.code.length} bytes ${Buffer.from(embedding.code).toString("hex", 0, 4)}...`;
}
