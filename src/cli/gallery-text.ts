/** Text output of the gallery commands. */
import type * as z from "zod";
import type { cluster } from "../operations/cluster.ts";
import type { find } from "../operations/find.ts";
import type { identify } from "../operations/identify.ts";
import type { index } from "../operations/index-photographs.ts";
import type { lookalike } from "../operations/lookalike.ts";
import type { people } from "../operations/people.ts";
import type { report } from "../operations/report.ts";
import type { AutomaticCalibration } from "../schemas/calibration.ts";
import { calibrationText, normalisedText } from "./calibration-text.ts";
import type { SinkRequest } from "./command.ts";
import { correctionText } from "./correction-text.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import { printable } from "./printable.ts";
import { jsonLinesSink, type RecordSink, textSink } from "./record-sink.ts";
import { tableLines } from "./tables.ts";

type Output<O extends { output: z.ZodType }> = z.output<O["output"]>;

export function indexText(answer: Output<typeof index>): string {
  const { added, moved, known, forgotten, missing, faces, carriedOver, passedOver, companions, excluded, lookedAgain, removed } =
    answer;
  const lines = [
    `${counted(added, "photograph")} added with ${counted(faces, "face")}; ${moved} copied or moved, ${known === null ? "" : `${known} known already, `}${missing} missing from disk.`,
  ];
  if (lookedAgain)
    lines.push(
      `${counted(lookedAgain, "known photograph")} processed again, because the minimum face size or confidence has changed; ${counted(removed ?? 0, "face")} below it removed.`,
    );
  if (carriedOver)
    lines.push(`${counted(carriedOver, "face")} of edited or moved photographs matched again, with their corrections.`);
  if (forgotten > 0) lines.push(`Skipped because forgotten: ${counted(forgotten, "photograph")} (--forgotten adds them again).`);
  if (companions) lines.push(`Skipped because the camera's JPEG or HEIC is next to them: ${counted(companions, "RAW file")}.`);
  if (excluded)
    lines.push(`Skipped by a pattern or a .nomedia file: ${counted(excluded, "file or folder", "files or folders")}.`);
  const endings = Object.entries(passedOver ?? {}).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (endings.length > 0) {
    const count = endings.reduce((sum, [, files]) => sum + files, 0);
    const named = endings.map(([ending, files]) => `${files} ${ending === "" ? "without ending" : printable(ending)}`);
    lines.push(`Skipped because they are not photographs: ${counted(count, "file")} (${named.join(", ")}).`);
  }
  if (answer.calibrated) lines.push(...calibratedLines(answer.calibrated));
  return lines.join("\n");
}

/** Reports an automatic calibration: its effect, and how to revert it. */
function calibratedLines({ calibratedOn, renewed, thresholds }: AutomaticCalibration): string[] {
  const changes = thresholds.map(({ far, before, after }) => `${before.toFixed(3)} -> ${after.toFixed(3)} at FMR ${far}`);
  return [
    `${renewed ? "Calibrated again" : "Calibrated"} on ${calibratedOn}.`,
    `Commands on this gallery use it from now on: threshold ${changes.join(", ")} (squared L2).`,
    "`facenet calibrate` shows the figures; `facenet calibrate --forget --gallery GALLERY` reverts it permanently.",
  ];
}

export function indexOutcome({
  added,
  moved,
  known,
  forgotten,
  passedOver,
  companions,
  excluded,
  failures,
}: Output<typeof index>): Outcome {
  const others = Object.values(passedOver ?? {}).reduce((sum, files) => sum + files, 0);
  const skipped = { forgotten, "RAW beside its JPEG": companions ?? 0, excluded: excluded ?? 0, "not a photograph": others };
  return { done: added + moved, known, skipped, failures };
}

export function clusterText({
  people: count,
  newPeople,
  faces,
  assigned,
  threshold,
  normalised,
  calibration,
  done,
}: Output<typeof cluster>): string {
  const moved = done?.correction.kind === "cluster" ? done.correction.faces : 0;
  const lines = [
    moved === 0
      ? "Nothing to change."
      : `${counted(moved, "face")} moved to another person, ${counted(newPeople, "person", "people")} new. \`facenet undo\` reverts this.`,
    `${counted(count, "person", "people")} in the gallery, with ${assigned} of ${counted(faces, "face")}.`,
    `Threshold: ${threshold.toFixed(3)} (squared L2)${calibration ? `; calibration: ${calibrationText(calibration)}` : ""}${normalisedText(normalised)}.`,
  ];
  return lines.join("\n");
}

export function findText({ photographs, threshold, people: sought, search, calibration }: Output<typeof find>): string {
  const notes = calibration ? ["", `Calibration: ${calibrationText(calibration)}.`] : [];
  if (search === "index") notes.push("", "Found by the server's index, which may miss a face; --search exact compares all.");
  if (photographs.length === 0) {
    const nothing =
      threshold === null ? "No such photograph." : `No photograph with a face within ${threshold.toFixed(3)} (squared L2).`;
    return [nothing, ...notes].join("\n");
  }
  const rows = photographs.map(({ paths, gone, takenAt, distance, faces }) => [
    distance?.toFixed(3) ?? "",
    faces.map(({ face }) => face).join(" "),
    takenAt?.replace("T", " ") ?? "",
    `${paths.join("  ")}${gone ? " (gone)" : ""}`,
  ]);
  const columns = [
    { title: "distance", align: "right" },
    { title: "face", align: "right" },
    { title: "taken" },
    { title: "photograph" },
  ] as const;
  const lines = [...tableLines(columns, rows), ...notes];
  const who = sought.map(({ id, name }) => personName(id, name)).join(", ");
  return (who === "" ? lines : [`${who}:`, ...lines]).join("\n");
}

export function lookalikeText({ people: alike, threshold, calibration }: Output<typeof lookalike>): string {
  if (alike.length === 0) return "There is no one else in the gallery.";
  const rows = alike.map(({ name, person, distance, paths }) => [
    distance.toFixed(3),
    personName(person, name),
    paths.join("  "),
  ]);
  return [
    ...tableLines([{ title: "distance", align: "right" }, { title: "person" }, { title: "photograph" }], rows),
    "",
    `Faces within ${threshold.toFixed(3)} count as the same person. Calibration: ${calibrationText(calibration)}.`,
  ].join("\n");
}

export function peopleText({ people: list, faces, done, names }: Output<typeof people>): string {
  if (done.length > 0) return done.map((record) => correctionText(record, names)).join("\n");
  if (list.length === 0) return "No people yet. `facenet enroll NAME photo` adds a person.";
  const columns = [
    { title: "person", align: "right" },
    { title: "name" },
    { title: "faces", align: "right" },
    { title: "photographs", align: "right" },
  ] as const;
  const lines = tableLines(
    columns,
    list.map(({ id, name, faces: count, photographs, hidden }) => [
      String(id),
      `${printable(name ?? "")}${hidden ? " (hidden)" : ""}`,
      String(count),
      String(photographs),
    ]),
  );
  if (faces.length === 0) return lines.join("\n");
  const rows = faces.map(({ id, paths, gone }) => [String(id), `${printable(paths.join("  "))}${gone ? " (gone)" : ""}`]);
  return [...lines, "", ...tableLines([{ title: "face", align: "right" }, { title: "photograph" }], rows)].join("\n");
}

export function reportText({ file, people: shown, allPeople, faces, gone, failures }: Output<typeof report>): string {
  const lines = [`${file}: ${shown} of ${counted(allPeople, "person", "people")}, ${counted(faces, "face")}.`];
  if (gone > 0)
    lines.push(`Without a picture, because photographs are missing, changed or unreadable: ${counted(gone, "face")}.`);
  if (failures > 0) lines.push(`Unreadable when indexed: ${counted(failures, "file")}; the page lists them.`);
  return lines.join("\n");
}

/** One line per face: its name or "unknown", the distance to the closest person, and the threshold. */
export async function openIdentifySink({ options, terminal }: SinkRequest): Promise<RecordSink<Output<typeof identify>>> {
  const print = terminal.print.bind(terminal);
  if (options.json) return jsonLinesSink(print);
  const format = (item: Output<typeof identify>): string => {
    const calibrated = item.calibration.from === "model" ? "" : `, calibration ${calibrationText(item.calibration)}`;
    if (item.faces.length === 0) return `${printable(item.image)}: no face\n`;
    return item.faces
      .map(({ person, name, distance, normalisedDistance, threshold, box }) => {
        const who = person === null ? "unknown" : personName(person, name);
        const how =
          distance === null
            ? "the gallery has no people"
            : `distance ${distance.toFixed(3)}${normalisedDistance === null ? "" : `, normalised ${normalisedDistance.toFixed(3)}`}, threshold ${threshold.toFixed(3)}${calibrated}${normalisedText(item.normalised)}`;
        return `${printable(item.image)}: ${who} at ${Math.round(box.x)},${Math.round(box.y)} (${how})\n`;
      })
      .join("");
  };
  return textSink(print, (item) => (item.ok ? format(item.value) : ""), { showsFailures: false });
}

const personName = (person: number | null, name: string | null): string =>
  name === null ? (person === null ? "-" : `person ${person}`) : printable(name);
