/** Detected faces: JSON lines for programs, a table otherwise. */
import type { DetectedImage } from "../schemas/face.ts";
import type { SinkRequest } from "./command.ts";
import { faceTableSink } from "./face-table.ts";
import { jsonLinesSink, type RecordSink } from "./record-sink.ts";

export async function openDetectSink({ options, terminal, images }: SinkRequest): Promise<RecordSink<DetectedImage>> {
  return options.json ? jsonLinesSink(terminal.print.bind(terminal)) : faceTableSink({ terminal, images });
}
